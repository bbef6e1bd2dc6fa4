import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isLive, Terminal } from '../../../src/cli/terminal.js';
import { renderLog } from '../../../src/core/report/log/log.js';
import type { Event } from '../../../src/core/model/event.js';
import { failed, succeeded } from '../../support/events.js';

/**
 * Simulates the features of a terminal that the command uses: text, line breaks, cursor up, erase below, and scrolling.
 */
class Screen {
  readonly lines: string[] = [''];
  readonly isTTY = true;
  readonly columns = 100;
  readonly rows = 30;
  #row = 0;
  write(text: string): void {
    for (const [, up, erase, line] of text.matchAll(/\u001b\[(\d+)A|(\u001b\[J)|([^\u001b]+)/g)) {
      if (up) this.#row = Math.max(0, this.#row - Number(up));
      else if (erase) this.lines.splice(this.#row, Infinity, '');
      else for (const part of (line ?? '').replaceAll('\r', '').split(/(\n)/)) this.#put(part);
    }
  }
  #put(part: string): void {
    if (part === '\n') this.#row += 1;
    this.lines[this.#row] = (this.lines[this.#row] ?? '') + (part === '\n' ? '' : part);
  }
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function show(events: readonly Event[]): { screen: Screen; log: string[] } {
  const screen = new Screen();
  const log: string[] = [];
  const terminal = new Terminal(screen, { NO_COLOR: '1' }, ({ text }) => {
    log.push(text);
    screen.write(`${text}\n`);
  });
  for (const event of events) {
    for (const line of renderLog(event)) terminal.print(line);
    terminal.watch(event);
    jest.advanceTimersByTime(2500);
  }
  return { screen, log };
}

describe('the log above a live table', () => {
  it.each([
    ['succeeded', succeeded],
    ['failed', failed],
  ] as const)('is complete, and the table is erased when a run has %s', (_, story) => {
    const { screen, log } = show(story());
    expect(screen.lines.slice(0, -1)).toEqual(log);
  });

  it('is complete while exactly one table is below it', () => {
    const events = succeeded();
    const { screen, log } = show(events.slice(0, -5));
    expect(screen.lines.slice(0, log.length)).toEqual(log);
    expect(screen.lines[log.length]).toMatch(/^── wait-ready/);
    expect(screen.lines.filter((line) => line.startsWith('── '))).toHaveLength(1);
  });
});

describe('a live table', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { CI: 'true' }, false],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{}, {}, false],
  ])('is shown on %j with %j: %s', (output, environment, live) => {
    expect(isLive({ write: () => true, ...output }, environment)).toBe(live);
  });
});
