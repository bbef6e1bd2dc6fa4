// Requests the health of all Milvus containers with one command in the network of the project. The health check of
// Docker runs only twice a minute.
import type { ContainerObservation } from '../../core/compose/containers.js';
import type { Health } from '../../core/compose/observation.js';
import { oneLine, shorten } from '../../core/lib/escape.js';
import { MANAGEMENT_PORT } from '../../milvus/usable-collections.js';
import type { Docker } from '../docker/docker.js';

/**
 * Sends each request in one write, because a server that responds to the first part may close the connection before the
 * second. Prints for each address, in parallel: `<address> <status line> | <body>`, or `<address> refused`.
 */
const SCRIPT = `port=$1; shift
for address in "$@"; do
  (
    exec 2>/dev/null
    exec 3<>"/dev/tcp/$address/$port" || { echo "$address refused"; exit; }
    cat >&3 <<<$'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r'
    answer=$(timeout 3 cat <&3)
    echo "$address \${answer%%$'\\r'*} | \${answer##*$'\\n'}"
  ) &
done
wait`;

const LIMIT_SECONDS = 20;

/**
 * By container ID. `via` is a running container with bash in the same network. Never throws: a container that does not
 * respond is not healthy yet.
 */
export async function requestHealth(
  docker: Docker,
  via: string,
  containers: readonly ContainerObservation[],
  port = MANAGEMENT_PORT,
): Promise<Readonly<Record<string, Health>>> {
  const targets = containers.filter((container) => container.state === 'running' && addressOf(container) !== '');
  if (targets.length === 0) return {};
  const args = ['exec', via, 'bash', '-c', SCRIPT, 'bash', String(port), ...targets.map(addressOf)];
  const output = await docker
    .run(args, { allowFailure: true, reads: true, timeoutSeconds: LIMIT_SECONDS })
    .catch(() => '');
  const lines = new Map(
    output.split('\n').map((line) => [line.split(' ', 1).join(), line.slice(line.indexOf(' ') + 1)]),
  );
  return Object.fromEntries(
    targets.map((container) => [container.id, evaluateAnswer(lines.get(addressOf(container)))]),
  );
}

/** The first address of a container, which all containers of the project can reach. */
export function addressOf({ networks }: ContainerObservation): string {
  return Object.values(networks).find((address) => address !== '') ?? '';
}

/** Exported for its test. `HTTP/1.1 200 OK | OK`. */
export function evaluateAnswer(line: string | undefined): Health {
  if (line === undefined || line.trim() === '') return { state: 'not-yet', reason: 'no response' };
  if (/^HTTP\/1\.\d 200\b/.test(line)) return { state: 'ok', reason: '' };
  return { state: 'not-yet', reason: line === 'refused' ? 'its port is not open' : shorten(oneLine(line), 200) };
}
