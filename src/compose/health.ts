// Asks the containers of Milvus how they are, all of them with one program in the project's network: Docker's own health check looks twice a minute only.
import type { ContainerObservation } from '../core/compose/containers.js';
import type { Health } from '../core/compose/seen.js';
import { oneLine, shorten } from '../core/escape.js';
import { MANAGEMENT_PORT } from '../milvus/usable-collections.js';
import type { Docker } from './docker.js';

/** The request in one piece: who has answered half of it may be gone before the other half. For each address in its own process: `<address> <status line> | <body>`, or `<address> refused`. */
const SCRIPT = `port=$1; shift
for each in "$@"; do
  (
    exec 2>/dev/null
    exec 3<>"/dev/tcp/$each/$port" || { echo "$each refused"; exit; }
    cat >&3 <<<$'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r'
    answer=$(timeout 3 cat <&3)
    echo "$each \${answer%%$'\\r'*} | \${answer##*$'\\n'}"
  ) &
done
wait`;

const LIMIT_SECONDS = 20;

/** By the id of a container. `via` is a running container with bash in the same network. Never throws: what gave no answer is not well yet. */
export async function requestHealth(
  docker: Docker,
  via: string,
  containers: readonly ContainerObservation[],
  port = MANAGEMENT_PORT,
): Promise<Readonly<Record<string, Health>>> {
  const requested = containers.filter((each) => each.state === 'running' && addressOf(each) !== '');
  if (requested.length === 0) return {};
  const words = ['exec', via, 'bash', '-c', SCRIPT, 'bash', String(port), ...requested.map(addressOf)];
  const said = await docker.run(words, { allowFailure: true, reads: true, timeoutSeconds: LIMIT_SECONDS }).catch(() => '');
  const lines = new Map(said.split('\n').map((line) => [line.split(' ', 1).join(), line.slice(line.indexOf(' ') + 1)]));
  return Object.fromEntries(requested.map((each) => [each.id, evaluateAnswer(lines.get(addressOf(each)))]));
}

/** Its first address: all containers of a project can reach one another there. */
export function addressOf({ networks }: ContainerObservation): string {
  return Object.values(networks).find((each) => each !== '') ?? '';
}

/** Exported for its test. `HTTP/1.1 200 OK | OK`. */
export function evaluateAnswer(line: string | undefined): Health {
  if (line === undefined || line.trim() === '') return { state: 'not-yet', reason: 'no answer' };
  if (/^HTTP\/1\.\d 200\b/.test(line)) return { state: 'ok', reason: '' };
  return { state: 'not-yet', reason: line === 'refused' ? 'its port is not open' : shorten(oneLine(line), 200) };
}
