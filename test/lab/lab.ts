// Runs commands of the lab, and dist/ as a runner does: inputs in the environment; outputs, summary and report in
// files.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Report } from '../../src/core/report/report.js';
import { action } from '../support/inputs.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

export type Tier = 'simulated' | 'node';

export function lab(...words: string[]): string {
  return labWith({}, ...words);
}

export function labWith(env: Readonly<Record<string, string>>, ...words: string[]): string {
  const result = spawnSync('lab/lab', words, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
  if (result.status !== 0)
    throw new Error(`lab/lab ${words.join(' ')} exited with ${result.status}: ${result.stderr}${result.stdout}`);
  return result.stdout.trim();
}

/** The default major version of `helm`. */
export const HELM = process.env.LAB_HELM ?? '3';

/** The environment with which kubectl and helm reach the cluster of a tier; `helm` is Helm 3 or Helm 4. */
export function environment(tier: Tier, helm = HELM): NodeJS.ProcessEnv {
  const assignments = [...labWith({ LAB_HELM: helm }, tier, 'env').matchAll(/(\w+)=(\S+)/g)].map((match) => [
    match[1],
    (match[2] ?? '').replace('$PATH', process.env.PATH ?? ''),
  ]);
  return { ...process.env, ...Object.fromEntries(assignments) };
}

export interface Finished {
  readonly exitCode: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly report: Report | null;
  /** The state that it passed to its post step. */
  readonly state: string;
  /** Every file below RUNNER_TEMP at its end, by its relative path, except those of the runner itself. */
  readonly left: Readonly<Record<string, string>>;
  readonly seconds: number;
}

export interface RunningAction {
  readonly child: ChildProcess;
  readonly log: () => string;
  /** Resolves once the log contains this text. */
  readonly says: (text: string | RegExp) => Promise<void>;
  readonly finished: Promise<Finished>;
}

/** The lab has its own programs, so that it does not need the download hosts. */
const OWN_TOOLS = { 'helm-version': 'installed', 'kubectl-version': 'installed' };

/** The default of the tests: `auto` would choose a rolling upgrade. */
const PLAIN = { strategy: 'helm-upgrade' };

export class Action {
  readonly #env: NodeJS.ProcessEnv;
  readonly #inputs: Partial<Record<InputName, string>>;
  constructor(env: NodeJS.ProcessEnv, inputs: Partial<Record<InputName, string>>) {
    this.#env = env;
    this.#inputs = inputs;
  }

  run(written: Partial<Record<InputName, string>> = {}, env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.start(written, env).finished;
  }

  /**
   * Starts the action in a process group of its own, as the runner does, so that a test can kill all of its processes.
   */
  start(written: Partial<Record<InputName, string>> = {}, env: NodeJS.ProcessEnv = {}): RunningAction {
    const directory = mkdtempSync(join(tmpdir(), 'runner-'));
    const files = {
      GITHUB_OUTPUT: join(directory, 'output'),
      GITHUB_STEP_SUMMARY: join(directory, 'summary.md'),
      GITHUB_STATE: join(directory, 'state'),
    };
    for (const file of Object.values(files)) writeFileSync(file, '');
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
    const inputs = { ...Object.fromEntries(defaults), ...OWN_TOOLS, ...PLAIN, ...this.#inputs, ...written } as Record<
      string,
      string
    >;
    const asEnvironment = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    );
    const child = spawn(process.execPath, ['dist/index.js'], {
      env: { ...this.#env, ...files, ...asEnvironment, GITHUB_ACTIONS: 'true', RUNNER_TEMP: directory, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const startedAt = performance.now();
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    child.stderr.setEncoding('utf8').on('data', (more: string) => (text += more));
    const finished = new Promise<Finished>((resolve) => {
      child.on('close', (exitCode) => {
        running.delete(child);
        resolve({
          exitCode,
          log: text,
          outputs: readOutputs(files.GITHUB_OUTPUT),
          summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
          report: readReport(directory),
          state: readFileSync(files.GITHUB_STATE, 'utf8'),
          left: filesBelow(directory, Object.values(files)),
          seconds: (performance.now() - startedAt) / 1000,
        });
        rmSync(directory, { recursive: true, force: true });
      });
    });
    const says = async (desired: string | RegExp): Promise<void> => {
      while (text.search(desired) < 0) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without saying ${String(desired)}:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    return { child, log: () => text, says, finished };
  }
}

const running = new Set<ChildProcess>();

/** Kills processes that a failed test has left. */
export function killLeftovers(): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** Kills an action and all of its child processes immediately. */
export function killAll({ child }: RunningAction): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}

function filesBelow(directory: string, without: readonly string[]): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !without.includes(path));
  return Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path, 'utf8')]));
}

function readOutputs(file: string): Record<string, string> {
  const text = readFileSync(file, 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map((match) => [match[1], match[3]]),
  );
}

function readReport(directory: string): Report | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'milvus-upgrade-report.json'), 'utf8')) as Report;
  } catch {
    return null;
  }
}
