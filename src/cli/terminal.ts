// Keeps the live table at the bottom of a terminal: erases it, lets the log print its line, and draws it again. Never
// changes a line of the log.
import type { Event } from '../core/model/event.js';
import { followLive, NOTHING_LIVE, renderLive } from '../core/report/log/live-table.js';
import type { LogLine } from '../core/report/log/log.js';

/** The part of stdout that a terminal needs. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** True for an interactive terminal: not in CI, and not a dumb terminal. */
export function isLive(output: Output, { CI: inCi, TERM: kind }: Environment): boolean {
  return output.isTTY === true && !inCi && kind !== 'dumb';
}

const TICK_MILLISECONDS = 1000;

export class Terminal {
  readonly #output: Output;
  readonly #colors: boolean;
  readonly #print: (line: LogLine) => void;
  #state = NOTHING_LIVE;
  #drawn = 0;
  #beganAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #coming: NodeJS.Immediate | null = null;

  constructor(output: Output, { NO_COLOR: noColour }: Environment, print: (line: LogLine) => void) {
    this.#output = output;
    // no-color.org: any value that is not empty.
    this.#colors = !noColour;
    this.#print = print;
  }

  print(line: LogLine): void {
    this.#erase();
    this.#print(line);
    this.#drawSoon();
  }

  watch(event: Event): void {
    const before = this.#state;
    this.#state = followLive(before, event);
    if (this.#state === before) return;
    if (this.#state.shown && !before.shown) this.#start();
    if (!this.#state.shown) this.#stop();
    this.#drawSoon();
  }

  #start(): void {
    this.#beganAt = performance.now();
    this.#timer = setInterval(() => this.#drawSoon(), TICK_MILLISECONDS).unref();
  }

  #stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Draws once for all lines of one turn of the event loop: a redraw after each of twenty lines would flicker. */
  #drawSoon(): void {
    this.#coming ??= setImmediate(() => this.#draw());
  }

  #draw(): void {
    this.#coming = null;
    this.#erase();
    const { columns = 80, rows = 24 } = this.#output;
    const lines = renderLive(this.#state, (performance.now() - this.#beganAt) / 1000, {
      columns,
      rows,
      colors: this.#colors,
    });
    this.#drawn = lines.length;
    if (lines.length > 0) this.#output.write(`${lines.join('\n')}\n`);
  }

  /** Moves the cursor to the first line of the table and erases from there (ECMA-48 CUU and ED). */
  #erase(): void {
    if (this.#drawn > 0) this.#output.write(`\u001b[${this.#drawn}A\r\u001b[J`);
    this.#drawn = 0;
  }
}
