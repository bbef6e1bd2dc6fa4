// Runs the docker and Compose commands with their arguments and environment. Read-only commands are silent; commands
// that may change something emit an event.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { ContainerObservation } from '../../core/compose/containers.js';
import type { Emit } from '../../core/model/event.js';
import { getRecord } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';
import { outputOf, runLong, startProgram, type Command, type Finished } from '../../runner/process.js';
import { withoutHints, withoutValues } from './messages.js';
import { flagsOf, type ComposeProjectPlace } from './find-compose.js';
import { findDocker, type DockerConfig, type FoundDocker } from './find-docker.js';
import { readInspected } from './inspect-output.js';
import { projectNameOf } from '../project/name.js';
import { readYaml } from '../../core/lib/safe-yaml.js';

export interface DockerTools {
  readonly emit: Emit;
  /** Cancels every command that does not have its own signal. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

export interface DockerCall {
  /** Default: 120 for read-only commands, 600 for others. */
  readonly timeoutSeconds?: number;
  /** Written to the standard input of the command. */
  readonly input?: string;
  /** Returns the output up to the failure. A command that was cancelled or timed out is still an error. */
  readonly allowFailure?: boolean;
  /** Replaces the signal of the run: cleanup has to work after a cancellation. */
  readonly signal?: AbortSignal;
  /** Does not need the lock, because the command changes the lock itself. */
  readonly unfenced?: boolean;
  /** Marks a command as read-only if its arguments do not show it, as with `exec`. No event is emitted. */
  readonly reads?: boolean;
}

/** Verifies the lock before a command that changes something. */
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
  /** Null before the lock is held; shared by all instances that `under` returns. */
  readonly #fence: { current: CommandFence | null };
  private constructor(
    found: FoundDocker,
    place: ComposeProjectPlace,
    tools: DockerTools,
    fence: { current: CommandFence | null } = { current: null },
  ) {
    this.#fence = fence;
    this.#found = found;
    this.#place = place;
    this.#tools = tools;
  }

  /**
   * Throws `tool-missing`, `tool-too-old`, `cluster-unreachable` or `input-invalid`, each with what to install or to
   * check.
   */
  static async find(options: DockerConfig, tools: DockerTools): Promise<Docker> {
    return new Docker(await findDocker(options, tools), options.place, tools);
  }

  /** The same docker with another signal, which cancels every command that does not have its own. */
  under(signal: AbortSignal): Docker {
    return new Docker(this.#found, this.#place, { ...this.#tools, signal }, this.#fence);
  }

  /** Sets the lock that is verified before commands that change something; null if there is no lock. */
  set fence(fence: CommandFence | null) {
    this.#fence.current = fence;
  }

  /** The generation of Compose: 1 is the Python program `docker-compose`, 2 is everything later. */
  get generation(): 1 | 2 {
    return this.#found.generation;
  }

  get composeVersion(): string {
    return this.#found.composeVersion;
  }

  /** True if the daemon has access to the files of this machine. */
  isLocal(): boolean {
    return /^($|unix:|npipe:)/.test(this.#found.endpoint);
  }

  /** Runs `docker …` and returns its standard output. */
  async run(args: readonly string[], call: DockerCall = {}): Promise<string> {
    const command: Command = ['docker', ...args];
    return take(command, await this.#execute(command, args, call), call);
  }

  /** Runs `docker compose …` for this project and returns its standard output. */
  async compose(args: readonly string[], call: DockerCall = {}): Promise<string> {
    const { compose } = this.#found;
    const command: Command = [...compose, ...flagsOf(this.#place), ...args];
    const finished = await this.#execute(command, args, call);
    const [program, second = ''] = compose;
    const short: Command = second === 'compose' ? [program, second, ...args] : [program, ...args];
    return take(short, { ...finished, stderr: withoutValues(finished.stderr) }, call);
  }

  /** Starts `docker …` and leaves it running. It exits when its input is closed; otherwise the caller must kill it. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams {
    return startProgram(['docker', ...args], { env: this.#found.env });
  }

  /** The resolved project, which may contain secrets. Throws `command-failed` with the message of Compose. */
  async config(): Promise<Values> {
    // Compose prints the output as valid input: every $ is doubled.
    return getRecord(readYaml((await this.compose(['config'])).replace(/\$\$/g, () => '$')));
  }

  /** The name of the project, by the rules of the installed Compose version. */
  projectName(config: Values): string {
    return projectNameOf(config, { place: this.#place, env: this.#found.env, generation: this.generation });
  }

  /** The containers of the project, including stopped ones. A container that is removed during the call is left out. */
  async containers(project: string): Promise<readonly ContainerObservation[]> {
    const filter = `label=com.docker.compose.project=${project}`;
    const listed = await this.run(['ps', '--all', '--quiet', '--no-trunc', '--filter', filter]);
    const ids = listed.split('\n').filter(Boolean);
    if (ids.length === 0) return [];
    const args = ['inspect', '--type', 'container', ...ids];
    return readInspected(await this.#execute(['docker', ...args], args, {}));
  }

  /** The last log lines of a container, stdout and stderr; empty if there are none. */
  async logs(container: string, lines: number | 'all', range: readonly string[] = []): Promise<string> {
    const args = ['logs', '--tail', String(lines), ...range, container];
    const { stdout, stderr } = await this.#execute(['docker', ...args], args, {});
    return [stdout, stderr].filter((text) => text !== '').join('\n');
  }

  async #execute(command: Command, args: readonly string[], call: DockerCall): Promise<Finished> {
    const isReading = call.reads ?? READING.test(args.slice(0, 2).join(' '));
    const fence = isReading || call.unfenced ? null : this.#fence.current;
    const lost = await fence?.prove();
    const ended = call.signal ?? this.#tools.signal;
    const finished = await this.#start(command, isReading, {
      ...call,
      signal: lost ? AbortSignal.any([ended, lost]) : ended,
    });
    // The result of a command that ran without the lock must not be used. After a cancellation no result is used.
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
    if (!isReading)
      this.#tools.emit({ type: 'command-ran', command, exitCode: finished.exitCode, seconds: finished.seconds });
    return finished;
  }
}

function take(command: Command, finished: Finished, { allowFailure = false }: DockerCall): string {
  if (allowFailure && finished.ending === 'by-itself') return finished.stdout;
  // The output up to the failure may contain secrets, and does not explain it.
  return outputOf(
    command,
    finished.exitCode === 0 ? finished : { ...finished, stdout: '', stderr: withoutHints(finished.stderr) },
  );
}
