// A request to the API on the management port.
import { isRecord, stringAt, type JsonRecord } from '../core/lib/json.js';
import type { HttpRequest, MilvusHttp } from './http.js';
import { MilvusError } from './milvus-error.js';

/** Returns the response. Throws MilvusError. */
export async function sendManagement(
  http: MilvusHttp,
  method: HttpRequest['method'],
  path: string,
  body: object,
): Promise<JsonRecord> {
  const answer = await http.send({ method, path: `/api/v1/${path}`, body: JSON.stringify(body) });
  if (answer.status === 401 || answer.status === 403)
    throw new MilvusError('credentials', 'its management API requires credentials');
  if (answer.status !== 200) throw new MilvusError('not-offered', `its management API responds with ${answer.status}`);
  // A request that returns nothing else responds with the status itself.
  const status = isRecord(answer.body.status) ? answer.body.status : answer.body;
  const code = Number(status.error_code ?? 0) || Number(status.code ?? 0);
  if (code !== 0) throw new MilvusError('rejected', stringAt(status, 'reason') || `error ${code}`);
  return answer.body;
}
