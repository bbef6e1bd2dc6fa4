// Signals changes of the containers of a project, from `docker events`, which is restarted when it ends. Events only
// trigger the next observation; their content is not used.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseJsonRecord } from '../../core/lib/json.js';
import type { Docker } from './docker.js';

const FIRST_PAUSE_MILLISECONDS = 1_000;
const MAX_PAUSE_MILLISECONDS = 5_000;

export interface EngineEventsOptions {
  readonly docker: Docker;
  readonly project: string;
  readonly onChange: () => void;
}

export class EngineEvents {
  readonly #options: EngineEventsOptions;
  #child: ChildProcessWithoutNullStreams | null = null;
  #timer: NodeJS.Timeout | null = null;
  #pause = FIRST_PAUSE_MILLISECONDS;
  #isOn = false;
  constructor(options: EngineEventsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#listen();
  }

  /** No change is signaled after this. */
  stop(): void {
    this.#isOn = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#child?.kill();
    this.#child = null;
  }

  #listen(): void {
    const label = `label=com.docker.compose.project=${this.#options.project}`;
    const child = this.#options.docker.start([
      'events',
      '--format',
      '{{json .}}',
      '--filter',
      label,
      '--filter',
      'type=container',
    ]);
    this.#child = child;
    child.stdin.end();
    child.stderr.resume();
    createInterface(child.stdout).on('line', (line) => this.#receive(line));
    child.once('close', () => this.#broke());
  }

  /** Health checks and the tunnels of this action are `exec_*` events: they change nothing, and there are many. */
  #receive(line: string): void {
    const { Action: action, status } = parseJsonRecord(line);
    if (!this.#isOn || line.trim() === '' || /^exec_/.test(String(action ?? status))) return;
    this.#pause = FIRST_PAUSE_MILLISECONDS;
    this.#options.onChange();
  }

  #broke(): void {
    if (!this.#isOn) return;
    this.#timer = setTimeout(() => {
      this.#listen();
      // An event may have been missed in the meantime.
      this.#options.onChange();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, MAX_PAUSE_MILLISECONDS);
  }
}
