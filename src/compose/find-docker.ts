// Finds what the Docker platform is worked with: the docker program and its daemon, and Compose, as a plugin of docker or as a program of its own.
import { UpgradeError } from '../core/errors.js';
import { outputOf, runShort, type Command, type Finished } from '../runner/process.js';

/** Where a Compose project is described; what is empty is left to Compose's own default. */
export interface ComposeProjectPlace {
  /** In order: a later file overrides an earlier one. */
  readonly files: readonly string[];
  readonly directory: string;
  readonly name: string;
  readonly envFiles: readonly string[];
}

/** What the user asks of Docker; empty texts were not given. */
export interface DockerConfig {
  readonly host: string;
  readonly context: string;
  readonly place: ComposeProjectPlace;
}

export interface FoundDocker {
  readonly env: Readonly<Record<string, string>>;
  /** The address of the daemon, such as `unix:///var/run/docker.sock`; empty where docker does not tell. */
  readonly endpoint: string;
  /** The words that begin every command of Compose. */
  readonly compose: Command;
  readonly composeVersion: string;
  readonly generation: 1 | 2;
}

/** A daemon behind ssh takes a few seconds. */
const ANSWER_SECONDS = 30;
const OLDEST_COMPOSE = [1, 27] as const;

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Throws `tool-missing`, `tool-too-old`, `cluster-unreachable` or `input-invalid`. */
export async function findDocker(options: DockerConfig, tools: { readonly signal: AbortSignal; readonly env: NodeJS.ProcessEnv }): Promise<FoundDocker> {
  const env = dockerEnvironment(options, tools.env);
  const surroundings = { env, signal: tools.signal };
  await reachDaemon(surroundings);
  const [endpoint, compose] = await Promise.all([readEndpoint(surroundings), findCompose(surroundings)]);
  const generation = compose.version.startsWith('1.') ? 1 : 2;
  if (generation === 1) refuseOld(compose.version, options.place);
  const context = env.DOCKER_CONTEXT ?? '';
  // The first generation does not read DOCKER_CONTEXT.
  const words: Command = generation === 1 && context !== '' ? [...compose.command, '--context', context] : compose.command;
  return { env, endpoint, compose: words, composeVersion: compose.version, generation };
}

/** Inputs of an action are in its environment: what is no secret for us must not reach another program either. A wish replaces what the environment says of the daemon. */
function dockerEnvironment({ host, context }: DockerConfig, env: NodeJS.ProcessEnv): Record<string, string> {
  if (host !== '' && context !== '')
    throw new UpgradeError({
      code: 'input-invalid',
      what: 'docker-host and docker-context are both given',
      why: 'each of them says which daemon is meant',
      remedy: 'Leave one of them out.',
    });
  const isRequested = host !== '' || context !== '';
  const left = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].startsWith('INPUT_') && !(isRequested && /^DOCKER_(HOST|CONTEXT)$/.test(entry[0])),
  );
  return { ...Object.fromEntries(left), ...(host === '' ? {} : { DOCKER_HOST: host }), ...(context === '' ? {} : { DOCKER_CONTEXT: context }) };
}

async function reachDaemon(surroundings: Surroundings): Promise<void> {
  const command: Command = ['docker', 'version', '--format', '{{.Server.Version}}'];
  const finished = await request(command, surroundings);
  if (finished === null)
    throw new UpgradeError({
      code: 'tool-missing',
      what: 'docker could not be started',
      why: 'there is no such program on PATH that may be run',
      remedy: 'Install the command line of Docker on the runner (docs.docker.com/engine/install).',
    });
  if (finished.exitCode === 0) return;
  if (finished.ending === 'cancelled') outputOf(command, finished);
  throw unreachable(finished, surroundings.env);
}

function unreachable({ stderr, ending, exitCode }: Finished, env: Readonly<Record<string, string>>): UpgradeError {
  const silence = ending === 'timed-out' ? `no answer within ${ANSWER_SECONDS} s` : `docker version exited with ${exitCode} and said nothing`;
  const why = lineOf(stderr) || silence;
  const isSsh = env.DOCKER_HOST?.startsWith('ssh:') === true || /\bssh\b/.test(why);
  const remedy = isSsh ? SSH_REMEDY : (REMEDIES.find(([words]) => words.test(why))?.[1] ?? OTHER_REMEDY);
  return new UpgradeError({ code: 'cluster-unreachable', what: 'The Docker daemon does not answer', why, remedy });
}

const SSH_REMEDY =
  'Check that `ssh <host> docker version` works for the user of the runner without a prompt: its key, a known host key, and docker on the other side.';
const OTHER_REMEDY = 'Check that `docker version` works for the user of the runner, in the same environment.';
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/permission denied/i, 'Add the user of the runner to the group docker (`sudo usermod -aG docker <user>`) and start the runner again.'],
  [/context (?:"[^"]*" is )?not found/i, 'Name a context that `docker context ls` shows for the user of the runner.'],
  [/x509|tls|certificate/i, 'Check the certificates of the daemon and of this client (DOCKER_CERT_PATH, DOCKER_TLS_VERIFY).'],
  [
    /cannot connect|connection refused|no such host|dial /i,
    'Check that Docker runs there (`systemctl status docker`), and that docker-host or docker-context names the right machine.',
  ],
];

/** Docker knows where it goes, also by `docker context use`. One that cannot tell has no contexts. */
async function readEndpoint(surroundings: Surroundings): Promise<string> {
  const { DOCKER_HOST: host = '' } = surroundings.env;
  if (host !== '') return host;
  const finished = await request(['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], surroundings);
  return finished?.exitCode === 0 ? finished.stdout.trim() : '';
}

async function findCompose(surroundings: Surroundings): Promise<{ readonly command: Command; readonly version: string }> {
  const said: string[] = [];
  for (const command of [['docker', 'compose'], ['docker-compose']] as const) {
    const finished = await request([...command, 'version', '--short'], surroundings);
    const version = /(?<!\d)\d{1,9}\.\d{1,9}\.\d{1,9}\S*/.exec(finished?.stdout ?? '')?.[0];
    if (finished?.exitCode === 0 && version !== undefined) return { command, version };
    said.push(`${command.join(' ')}: ${finished === null ? 'no such program' : sayNoPlugin(finished)}`);
  }
  throw new UpgradeError({
    code: 'tool-missing',
    what: 'Docker Compose was not found',
    why: said.join('; '),
    remedy: 'Install it on the runner, best as the plugin of docker (package docker-compose-plugin, docs.docker.com/compose/install).',
  });
}

/** A docker without the plugin takes its flags for its own, and shows its help. */
function sayNoPlugin({ stderr, stdout }: Finished): string {
  const said = lineOf(stderr || stdout);
  return /unknown (flag|shorthand flag)|is not a docker command/.test(said) ? 'docker has no such plugin' : said;
}

function refuseOld(version: string, { envFiles }: ComposeProjectPlace): void {
  const [major, minor] = OLDEST_COMPOSE;
  if (Number(version.split('.')[1]) < minor)
    throw new UpgradeError({
      code: 'tool-too-old',
      what: `docker-compose ${version} is too old`,
      why: `it does not know the files and flags that ${major}.${minor} does`,
      remedy: 'Install the plugin of docker (package docker-compose-plugin, docs.docker.com/compose/install).',
    });
  if (envFiles.length > 1)
    throw new UpgradeError({
      code: 'input-invalid',
      what: `${envFiles.length} env files are given`,
      why: `docker-compose ${version} takes only one`,
      remedy: 'Put them into one file, or install the plugin of docker (package docker-compose-plugin).',
    });
}

/** Null when there is no such program. */
async function request(command: Command, { env, signal }: Surroundings): Promise<Finished | null> {
  try {
    return await runShort(command, { env, signal, timeoutSeconds: ANSWER_SECONDS });
  } catch (error) {
    if (error instanceof UpgradeError && error.code === 'tool-missing') return null;
    throw error;
  }
}

function lineOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
