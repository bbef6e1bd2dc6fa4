// What the benchmarks on the node lab share: its command, its environment, a client that counts, and rows of a table.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

const MOST_SECONDS_COUNTING = 120;

export const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

/** `lab/lab` with variables of its own. */
export function labWith(env) {
  return (...words) =>
    execFileSync('lab/lab', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    }).trim();
}

/** The environment in which kubectl, helm and docker-compose use the node lab. */
export const nodeEnv = () => envOf('node');

/** The environment in which programs use one of the labs: `node` or `simulated`. */
export function envOf(tier) {
  const words = [...labWith({})(tier, 'env').matchAll(/(\w+)=(\S+)/g)];
  return {
    ...process.env,
    ...Object.fromEntries(words.map(([, name, value]) => [name, value.replace('$PATH', process.env.PATH)])),
  };
}

/** Runs a program to its end, and throws with the end of what it said if it fails. */
export async function run(program, words, options) {
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${said}`);
}

/** Measures from a client's side. Returns a function that ends the measuring and gives the figures. */
export async function startProbe(host, env = {}) {
  const child = spawn('lab/lab', ['probe', host], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [printed, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint = (complaint + text).slice(-2000);
  });
  await Promise.race([once(child.stderr, 'data'), once(child, 'close')]);
  return async () => {
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), MOST_SECONDS_COUNTING * 1000);
    if (child.exitCode === null) await once(child, 'close');
    clearTimeout(limit);
    if (printed === '')
      throw new Error(`the probe could not count its rows within ${MOST_SECONDS_COUNTING} s:\n${complaint}`);
    return JSON.parse(printed);
  };
}

/** The ways that were asked for; all of them where none was. */
export function chosen(asked, ways) {
  const unknown = asked.filter((way) => !(way in ways));
  if (unknown.length > 0)
    throw new Error(`no such way: ${unknown.join(', ')}; there are ${Object.keys(ways).join(', ')}`);
  return asked.length > 0 ? asked : Object.keys(ways);
}
