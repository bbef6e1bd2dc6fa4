// Runs a program under a watcher: a small process between the action and the program. The watcher ends the program
// unless the action extends its time limit in time, also while the action is suspended (SIGSTOP) or after it was
// killed.
import type { Command } from './process.js';

/** Shorter than the time between SIGTERM and SIGKILL in runLong: the program is killed before the watcher. */
const GRACE_MILLISECONDS = 6_500;

/** Each line of its input is how many milliseconds the program may still run; its input ends when the action does. */
const WATCHER = `const { spawn } = require('node:child_process');
const [grace, program, ...words] = process.argv.slice(1);
let child, timer, kill;
const end = () => {
  child.kill('SIGTERM');
  kill ??= setTimeout(() => child.kill('SIGKILL'), Number(grace));
};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
child.on('error', (error) => { console.error(error.message); process.exit(127); });
child.on('close', (code) => process.exit(code ?? 143));
process.stdin.setEncoding('utf8').on('data', (text) => {
  clearTimeout(timer);
  timer = setTimeout(end, Number(text.trim().split('\\n').pop()));
}).on('end', end).on('error', end);`;

/**
 * Calls the listener immediately and at each renewal with the remaining milliseconds; returns a function that stops it.
 */
export type Remaining = (listener: (milliseconds: number) => void) => () => void;

export function tethered([program, ...args]: Command): Command {
  return [process.execPath, '-e', WATCHER, '--', String(GRACE_MILLISECONDS), program, ...args];
}

/** The `feed` of runLong for the input of a tethered program. */
export function feedOf(remaining: Remaining): (write: (text: string) => void) => () => void {
  return (write) => remaining((milliseconds) => write(`${Math.max(0, Math.floor(milliseconds))}\n`));
}
