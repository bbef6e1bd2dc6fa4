// Runs a program on a tether: a small process between it and us ends it when we have not said in time that it may go on, also while we are stopped or after we were killed.
import type { Command } from './process.js';

/** Less than what runLong leaves between SIGTERM and SIGKILL: who is killed first is the program, not the process that watches it. */
const GRACE_MILLISECONDS = 6_500;

/** Each line of its input is how many milliseconds the program may still run; the end of its input is ours. */
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

/** Calls the listener at once and at each renewal with the milliseconds that are left; returns what ends that. */
export type Remaining = (listener: (milliseconds: number) => void) => () => void;

export function tethered([program, ...words]: Command): Command {
  return [process.execPath, '-e', WATCHER, '--', String(GRACE_MILLISECONDS), program, ...words];
}

/** What runLong feeds to the input of a tethered program. */
export function feedOf(remaining: Remaining): (write: (text: string) => void) => () => void {
  return (write) => remaining((milliseconds) => write(`${Math.max(0, Math.floor(milliseconds))}\n`));
}
