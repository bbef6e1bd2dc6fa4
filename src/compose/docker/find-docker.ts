// Finds the docker program and its daemon.
import { UpgradeError } from '../../core/model/error.js';
import { outputOf, runShort, type Command, type Finished } from '../../runner/process.js';
import { ANSWER_SECONDS, unreachable } from './daemon-error.js';
import { findCompose, orMissing, refuseOld, type ComposeProjectPlace, type Surroundings } from './find-compose.js';

/** The Docker inputs of the user; empty strings are not set. */
export interface DockerConfig {
  readonly host: string;
  readonly context: string;
  readonly place: ComposeProjectPlace;
}

export interface FoundDocker {
  readonly env: Readonly<Record<string, string>>;
  /** The address of the daemon, such as `unix:///var/run/docker.sock`; empty if docker does not report it. */
  readonly endpoint: string;
  /** The leading arguments of every Compose command. */
  readonly compose: Command;
  readonly composeVersion: string;
  readonly generation: 1 | 2;
}

/** Throws `tool-missing`, `tool-too-old`, `cluster-unreachable` or `input-invalid`. */
export async function findDocker(
  options: DockerConfig,
  tools: { readonly signal: AbortSignal; readonly env: NodeJS.ProcessEnv },
): Promise<FoundDocker> {
  const env = dockerEnvironment(options, tools.env);
  const surroundings = { env, signal: tools.signal };
  await reachDaemon(surroundings);
  const [endpoint, compose] = await Promise.all([readEndpoint(surroundings), findCompose(surroundings)]);
  const generation = compose.version.startsWith('1.') ? 1 : 2;
  if (generation === 1) refuseOld(compose.version, options.place);
  const context = env.DOCKER_CONTEXT ?? '';
  // The first generation does not read DOCKER_CONTEXT.
  const command: Command =
    generation === 1 && context !== '' ? [...compose.command, '--context', context] : compose.command;
  return { env, endpoint, compose: command, composeVersion: compose.version, generation };
}

/**
 * Removes the inputs of the action, which are in its environment and must not reach another program. The inputs
 * `docker-host` and `docker-context` replace DOCKER_HOST and DOCKER_CONTEXT.
 */
function dockerEnvironment({ host, context }: DockerConfig, env: NodeJS.ProcessEnv): Record<string, string> {
  if (host !== '' && context !== '')
    throw new UpgradeError({
      code: 'input-invalid',
      what: 'docker-host and docker-context are both set',
      why: 'each of them selects the daemon',
      remedy: 'Set only one of them.',
    });
  const isRequested = host !== '' || context !== '';
  const left = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !entry[0].startsWith('INPUT_') &&
      !(isRequested && /^DOCKER_(HOST|CONTEXT)$/.test(entry[0])),
  );
  return {
    ...Object.fromEntries(left),
    ...(host === '' ? {} : { DOCKER_HOST: host }),
    ...(context === '' ? {} : { DOCKER_CONTEXT: context }),
  };
}

async function reachDaemon(surroundings: Surroundings): Promise<void> {
  const command: Command = ['docker', 'version', '--format', '{{.Server.Version}}'];
  const finished = await request(command, surroundings);
  if (finished === null)
    throw new UpgradeError({
      code: 'tool-missing',
      what: 'docker could not be started',
      why: 'PATH contains no executable of this name',
      remedy: 'Install the command line of Docker on the runner (docs.docker.com/engine/install).',
    });
  if (finished.exitCode === 0) return;
  if (finished.ending === 'cancelled') outputOf(command, finished);
  throw unreachable(finished, surroundings.env);
}

/**
 * Docker reports its endpoint, including one that is set by `docker context use`. A version that does not report it has
 * no contexts.
 */
async function readEndpoint(surroundings: Surroundings): Promise<string> {
  const { DOCKER_HOST: host = '' } = surroundings.env;
  if (host !== '') return host;
  const finished = await request(
    ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'],
    surroundings,
  );
  return finished?.exitCode === 0 ? finished.stdout.trim() : '';
}

/** For commands that may connect to another machine. */
function request(command: Command, { env, signal }: Surroundings): Promise<Finished | null> {
  return orMissing(runShort(command, { env, signal, timeoutSeconds: ANSWER_SECONDS }));
}
