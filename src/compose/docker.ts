// The docker program and Compose: which words and which environment they are given. What they only read stays silent; what may change something is an event.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readContainers, type ContainerObservation } from '../core/compose/containers.js';
import { UpgradeError } from '../core/errors.js';
import type { Emit } from '../core/events.js';
import { isRecord, type Values } from '../core/values.js';
import { outputOf, runLong, startProgram, type Command, type Finished } from '../runner/process.js';
import { withoutHints, withoutValues } from './docker-messages.js';
import { findDocker, type ComposeProjectPlace, type DockerConfig, type FoundDocker } from './find-docker.js';
import { projectNameOf } from './project-name.js';
import { readYaml } from '../core/safe-yaml.js';

export type { ComposeProjectPlace, DockerConfig } from './find-docker.js';

export interface DockerTools {
  readonly emit: Emit;
  /** Ends every command that has no signal of its own. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

export interface DockerCall {
  /** 120 for what only reads, else 600. */
  readonly timeoutSeconds?: number;
  /** Written to its standard input. */
  readonly input?: string;
  /** Gives what it wrote until it failed. A command that we ended ourselves is an error all the same. */
  readonly allowFailure?: boolean;
  /** In place of the signal of the run: what puts things right has to work after a cancel. */
  readonly signal?: AbortSignal;
  /** Does not need the lock: it is the lock itself that is changed. */
  readonly unfenced?: boolean;
  /** Says that nothing is changed where the words do not, as with `exec`: no event tells of it. */
  readonly reads?: boolean;
}

/** Proves the lock before a command that changes something. */
export interface CommandFence {
  prove(): Promise<AbortSignal>;
}

const READ_SECONDS = 120;
const CHANGE_SECONDS = 600;
const READING =
  /^(config|diff|events|images|info|inspect|logs|ls|port|ps|stats|top|version)( |$)|^(container|context|image|manifest|network|system|volume) (df|info|inspect|ls|show)( |$)/;

export class Docker {
  readonly #found: FoundDocker;
  readonly #place: ComposeProjectPlace;
  readonly #tools: DockerTools;
  /** Null before the lock is held; shared by every signal under which docker is used. */
  readonly #fence: { current: CommandFence | null };
  private constructor(found: FoundDocker, place: ComposeProjectPlace, tools: DockerTools, fence: { current: CommandFence | null } = { current: null }) {
    this.#fence = fence;
    this.#found = found;
    this.#place = place;
    this.#tools = tools;
  }

  /** Throws `tool-missing`, `tool-too-old`, `cluster-unreachable` or `input-invalid`, each with what to install or to check. */
  static async find(options: DockerConfig, tools: DockerTools): Promise<Docker> {
    return new Docker(await findDocker(options, tools), options.place, tools);
  }

  /** The same docker, whose every command ends with this signal unless it has its own. */
  under(signal: AbortSignal): Docker {
    return new Docker(this.#found, this.#place, { ...this.#tools, signal }, this.#fence);
  }

  /** From now on this decides whether commands that change something may be run; null: there is no lock. */
  set fence(fence: CommandFence | null) {
    this.#fence.current = fence;
  }

  /** Of Compose: 1 is the Python program `docker-compose`, 2 everything since. */
  get generation(): 1 | 2 {
    return this.#found.generation;
  }

  get composeVersion(): string {
    return this.#found.composeVersion;
  }

  /** Whether the daemon sees the files of this machine. */
  isLocal(): boolean {
    return /^($|unix:|npipe:)/.test(this.#found.endpoint);
  }

  /** `docker …`; its standard output. */
  async run(words: readonly string[], call: DockerCall = {}): Promise<string> {
    const command: Command = ['docker', ...words];
    return take(command, await this.#execute(command, words, call), call);
  }

  /** `docker compose …` of this project; its standard output. */
  async compose(words: readonly string[], call: DockerCall = {}): Promise<string> {
    const { files, directory, name, envFiles } = this.#place;
    const { compose } = this.#found;
    const command: Command = [
      ...compose,
      ...files.flatMap((file) => ['-f', file]),
      ...(directory === '' ? [] : ['--project-directory', directory]),
      ...(name === '' ? [] : ['-p', name]),
      ...envFiles.flatMap((file) => ['--env-file', file]),
      ...words,
    ];
    const finished = await this.#execute(command, words, call);
    const [program, second = ''] = compose;
    const short: Command = second === 'compose' ? [program, second, ...words] : [program, ...words];
    return take(short, { ...finished, stderr: withoutValues(finished.stderr) }, call);
  }

  /** `docker …`, left running. It goes when its input is ended, or is to be killed. */
  start(words: readonly string[]): ChildProcessWithoutNullStreams {
    return startProgram(['docker', ...words], { env: this.#found.env });
  }

  /** The project with everything filled in, which may be secrets. Throws `command-failed` with the words of Compose. */
  async config(): Promise<Values> {
    // It is written so that Compose could read it again: every $ twice.
    const parsed: unknown = readYaml((await this.compose(['config'])).replace(/\$\$/g, () => '$'));
    return isRecord(parsed) ? parsed : {};
  }

  /** The name of the project by the rules of the Compose at hand. */
  projectName(config: Values): string {
    return projectNameOf(config, { place: this.#place, env: this.#found.env, generation: this.generation });
  }

  /** The containers of the project, stopped ones too. One that goes while we look is left out. */
  async containers(project: string): Promise<readonly ContainerObservation[]> {
    const ids = (await this.run(['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=com.docker.compose.project=${project}`]))
      .split('\n')
      .filter(Boolean);
    if (ids.length === 0) return [];
    const words = ['inspect', '--type', 'container', ...ids];
    const finished = await this.#execute(['docker', ...words], words, {});
    const others = finished.stderr.split('\n').filter((line) => line.trim() !== '' && !/no such (container|object)/i.test(line));
    const isWhole = finished.ending === 'by-itself' && others.length === 0;
    const text = isWhole ? finished.stdout : outputOf(['docker', 'inspect'], finished);
    return readContainers(parseList(text));
  }

  /** The last lines of a container, of both of its outputs; empty where there are none to be had. */
  async logs(container: string, lines: number): Promise<string> {
    const words = ['logs', '--tail', String(lines), container];
    const { stdout, stderr } = await this.#execute(['docker', ...words], words, {});
    return [stdout, stderr].filter((each) => each !== '').join('\n');
  }

  async #execute(command: Command, words: readonly string[], call: DockerCall): Promise<Finished> {
    const isReading = call.reads ?? READING.test(words.slice(0, 2).join(' '));
    const fence = isReading || call.unfenced ? null : this.#fence.current;
    const lost = await fence?.prove();
    const ended = call.signal ?? this.#tools.signal;
    const finished = await this.#start(command, isReading, { ...call, signal: lost ? AbortSignal.any([ended, lost]) : ended });
    // What a command did without the lock must not be decided upon; after a cancel nothing is.
    if (!ended.aborted) await fence?.prove();
    return finished;
  }

  async #start(command: Command, isReading: boolean, { timeoutSeconds, input, signal }: DockerCall): Promise<Finished> {
    const finished = await runLong(command, {
      env: this.#found.env,
      signal: signal ?? this.#tools.signal,
      timeoutSeconds: timeoutSeconds ?? (isReading ? READ_SECONDS : CHANGE_SECONDS),
      ...(input === undefined ? {} : { input }),
    });
    if (!isReading) this.#tools.emit({ type: 'command-ran', command, exitCode: finished.exitCode, seconds: finished.seconds });
    return finished;
  }
}

function take(command: Command, finished: Finished, { allowFailure = false }: DockerCall): string {
  if (allowFailure && finished.ending === 'by-itself') return finished.stdout;
  // What it wrote until it failed may hold secrets, and is no explanation.
  return outputOf(command, finished.exitCode === 0 ? finished : { ...finished, stdout: '', stderr: withoutHints(finished.stderr) });
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text.trim() || '[]');
  } catch (error) {
    const remedy = 'Run the action again; when it stays so, show `docker version` in an issue.';
    throw new UpgradeError({ code: 'command-failed', what: 'docker inspect was not understood', why: 'its output is no JSON', remedy }, { cause: error });
  }
}
