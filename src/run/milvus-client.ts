// Opens the API of Milvus, through the connection of the platform or at the address of the config.
import type { PlatformName } from '../core/config/config.js';
import type { DataConfig } from '../core/config/data.js';
import { oneLine, shorten } from '../core/lib/escape.js';
import { limited } from '../etcd/limited.js';
import { milvusAccess } from '../milvus/access.js';
import type { MilvusApi } from '../milvus/api.js';
import { openMilvusApi } from '../milvus/open-api.js';
import type { Platform } from './platform.js';

export interface DataSource {
  readonly platform: Pick<Platform<PlatformName>, 'dialMilvus'>;
  readonly data: DataConfig;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** Throws MilvusError if Milvus does not answer. The caller closes the API. */
export function openApi({ platform, data, signal }: DataSource): Promise<MilvusApi> {
  return openMilvusApi(milvusAccess(data, (port) => platform.dialMilvus(port, signal), signal));
}

/** Why Milvus could not be read or written, in one line. */
export function reasonOf(error: unknown): string {
  return shorten(oneLine(error instanceof Error ? error.message : String(error)), 400);
}

/** Opens the API for the work, which ends with the run and after the time limit. */
export function withApi<Result>(
  source: DataSource,
  milliseconds: number,
  work: (api: MilvusApi) => Promise<Result>,
): Promise<Result> {
  return limited({ milliseconds, signal: source.signal }, async (hold) => {
    const ended = new AbortController();
    hold({ destroy: () => ended.abort() });
    const api = await openApi({ ...source, signal: ended.signal });
    hold({ destroy: () => api.close() });
    try {
      return await work(api);
    } finally {
      api.close();
    }
  });
}
