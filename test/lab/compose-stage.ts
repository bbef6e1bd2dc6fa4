// Docker Compose projects of the lab, each in a separate directory, and the command of dist/ on them as a user runs it.
// Stand-ins imitate Milvus, etcd is real.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { Report } from '../../src/core/report/report.js';
import { lab } from './lab.js';
import { casesOf, type Tiered } from './tier.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

export const PLAYED = 'lab/milvus-played';
export const TOOL = 'lab/meta-migration:v2.2.0';
const DIRECTORY = resolve('.lab/compose-tests');
const SECONDS = 1000;
/** The number of concurrent projects of a unit. A second unit may run, and one project uses half of a core. */
const AT_ONCE = 2;

export type Kind = 'played' | 'played-standalone';
export type Operation = 'upgrade' | 'plan' | 'verify' | 'rollback';
export type Inputs = Partial<Record<InputName, string>>;

export interface Done {
  readonly exitCode: number | null;
  readonly outcome: string;
  readonly log: string;
  readonly report: Report;
  readonly seconds: number;
}

/** The error of a run, or its failed checks. */
export function toldBy({ report: { problem, failedChecks } }: Done): string {
  return problem
    ? `${problem.what}: ${problem.why}`
    : failedChecks.map((each) => `${each.id}: ${each.reason}`).join('; ');
}

/** Fails with the log if the run has another outcome. */
export function expectEnd(done: Done, outcome: string): void {
  if (done.outcome !== outcome)
    throw new Error(
      `${done.outcome || `exit code ${done.exitCode}`} in place of ${outcome}: ${toldBy(done)}\n${done.log}`,
    );
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Done>;
  /** Resolves as soon as the log contains this text; rejects if the run ends without it. */
  readonly says: (text: string | RegExp) => Promise<void>;
  /** kill -9 of the run alone, or of all processes that it has started. */
  readonly kill: (what?: 'all' | 'run') => Promise<void>;
}

const run = promisify(execFile);

export async function docker(...words: string[]): Promise<string> {
  return (await run('docker', words, { maxBuffer: 1 << 26 })).stdout.trim();
}

/** Polls until the condition is true; fails with its description. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * SECONDS; !(await isSo()); await new Promise((wake) => setTimeout(wake, 100)))
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
}

/** Variables that could affect a project from outside. */
const FOREIGN = /^(PLAY_|PREFIX$|MILVUS_|DOCKER_|COMPOSE_|INPUT_|GITHUB_|RUNNER_)/;

function environment(): NodeJS.ProcessEnv {
  const said = lab('node', 'env');
  const path = /\bPATH=(\S+)/.exec(said)?.[1]?.replace('$PATH', process.env.PATH ?? '');
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))), PATH: path };
}

export interface ProjectOptions {
  /** Set if it differs from the name of the directory. */
  readonly name?: string;
}

export class Project {
  readonly name: string;
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #title: string;
  readonly #temporary: string;
  #runs = 0;
  #notYetGone = new Set<ChildProcess>();
  constructor(title: string, { name = title }: ProjectOptions = {}) {
    this.#title = title;
    this.name = name;
    this.directory = join(DIRECTORY, title);
    this.#temporary = join(DIRECTORY, `${title}.runs`);
    this.env = { ...environment(), RUNNER_TEMP: this.#temporary };
    mkdirSync(this.#temporary, { recursive: true });
    mkdirSync(this.directory, { recursive: true });
  }

  /** Starts the project and waits until all of it is healthy. `env` contains PLAY_… and other variables for Compose. */
  async up(kind: Kind, version: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const named = this.name === this.#title ? {} : { COMPOSE_PROJECT_NAME: this.name };
    await run('lab/lab', ['compose', 'up', kind, version, this.directory], { env: { ...this.env, ...named, ...env } });
  }

  run(operation: Operation, inputs: Inputs = {}, env: Readonly<Record<string, string>> = {}): Promise<Done> {
    return this.start(operation, inputs, env).finished;
  }

  /** Starts a separate process group, so that all of it can be killed. */
  start(operation: Operation, inputs: Inputs = {}, env: Readonly<Record<string, string>> = {}): Running {
    this.#runs += 1;
    const report = join(this.#temporary, `${this.#runs}.json`);
    const target: Inputs = operation === 'rollback' ? {} : { 'target-version': '2.2.16' };
    const all = {
      platform: 'compose',
      'project-directory': this.directory,
      ...target,
      'report-path': report,
      ...inputs,
    };
    const flags = Object.entries(all).flatMap(([name, value]) =>
      value === 'true' ? [`--${name}`] : value === 'false' ? [`--${name}=false`] : [`--${name}`, value],
    );
    const child = spawn(process.execPath, ['dist/cli.js', operation, ...flags], {
      env: { ...this.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#notYetGone.add(child);
    return watch(child, (exitCode, log, seconds) => {
      this.#notYetGone.delete(child);
      appendFileSync(join(this.#temporary, 'log'), `==> ${operation} ${flags.join(' ')}\n${log}\n`);
      const read = existsSync(report)
        ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
        : ({ failedChecks: [], problem: null } as unknown as Report);
      return { exitCode, log, outcome: existsSync(report) ? read.outcome : '', report: read, seconds };
    });
  }

  /** The path of the logs of its runs, which remain after the project is removed. */
  get log(): string {
    return join(this.#temporary, 'log');
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** The current files of the project. */
  files(): string {
    return ['docker-compose.yml', 'docker-compose.override.yml', '.env']
      .filter((each) => existsSync(this.path(each)))
      .map((each) => `${each}:\n${this.text(each)}`)
      .join('');
  }

  /** The files in the state directory. */
  notes(): readonly string[] {
    const directory = this.path(join('.milvus-upgrade', this.name));
    return existsSync(directory) ? readdirSync(directory).sort() : [];
  }

  /** `service image state`, one line per Milvus container, including stopped ones. */
  async runs(): Promise<readonly string[]> {
    return (await this.#containers()).filter((each) => !each.startsWith('etcd ')).sort();
  }

  /** The ID and start time of a container: it changes when the container is recreated or restarted. */
  identity(service: string): Promise<string> {
    return docker('inspect', '-f', '{{.Id}} {{.State.StartedAt}}', `${this.#title}-${service}`);
  }

  /** The containers of this action: the lock and the tool. */
  async helpers(): Promise<readonly string[]> {
    const printed = await docker('ps', '-a', '--format', '{{.Names}}', '--filter', 'name=milvus-upgrade-');
    return printed
      .split('\n')
      .filter(
        (each) => each === `milvus-upgrade-guard-${this.name}` || each.startsWith(`milvus-upgrade-${this.name}-`),
      );
  }

  guardGone(): Promise<void> {
    return until(
      'the lock of the killed run is released',
      async () => !(await this.helpers()).some((each) => each.includes('guard')),
    );
  }

  /** `lab/lab rows`; by default at the address of the standalone Milvus in its first network. */
  async rows(what: 'make' | 'check', host = ''): Promise<string> {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
    const address = host || (await docker('inspect', '-f', format, `${this.#title}-standalone`)).split(' ')[0]!;
    return (await run('lab/lab', ['rows', what, address], { env: this.env })).stdout.trim();
  }

  compose(...words: string[]): Promise<string> {
    return run('docker-compose', words, { cwd: this.directory, env: this.env }).then(
      ({ stdout, stderr }) => stdout + stderr,
    );
  }

  etcdctl(...words: string[]): Promise<string> {
    return docker('exec', `${this.#title}-etcd`, 'etcdctl', ...words);
  }

  async remove(): Promise<void> {
    for (const { pid } of this.#notYetGone) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    const labels = [
      `com.docker.compose.project=${this.name}`,
      `milvus-upgrade/migration-of=${this.name}`,
      `milvus-upgrade/guard-of=${this.name}`,
    ];
    const ids = await Promise.all(labels.map((label) => docker('ps', '-aq', '--filter', `label=${label}`)));
    const all = ids.flatMap((each) => each.split('\n')).filter(Boolean);
    if (all.length > 0) await docker('rm', '-f', ...all).catch(() => '');
    const own = ['--filter', `label=com.docker.compose.project=${this.name}`];
    const networks = (await docker('network', 'ls', '--quiet', ...own)).split('\n').filter(Boolean);
    // Docker has addresses for about thirty networks.
    if (networks.length > 0) await docker('network', 'rm', ...networks).catch(() => '');
    for (let mounted = true; mounted; )
      mounted = await run('umount', [this.directory]).then(
        () => true,
        () => false,
      );
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #containers(): Promise<readonly string[]> {
    const format =
      '{{.Label "com.docker.compose.service"}} {{.Image}} {{.State}} {{.Label "com.docker.compose.oneoff"}}';
    const lines = (
      await docker('ps', '-a', '--format', format, '--filter', `label=com.docker.compose.project=${this.name}`)
    ).split('\n');
    return lines
      .filter((each) => each !== '' && !each.endsWith(' True'))
      .map((each) => each.replace(/ False$/, '').trim());
  }
}

function watch(child: ChildProcess, toDone: (exitCode: number | null, log: string, seconds: number) => Done): Running {
  const startedAt = performance.now();
  let log = '';
  const heard = new Set<() => void>();
  const take = (more: string): void => {
    log += more;
    for (const tell of heard) tell();
  };
  child.stdout?.setEncoding('utf8').on('data', take);
  child.stderr?.setEncoding('utf8').on('data', take);
  const finished = new Promise<Done>((end) =>
    child.on('close', (code) => end(toDone(code, log, (performance.now() - startedAt) / SECONDS))),
  );
  const says = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const tell = (): void => {
        if (log.search(text) < 0) return;
        heard.delete(tell);
        resolve();
      };
      heard.add(tell);
      tell();
      void finished.then(() => reject(new Error(`ended without saying ${String(text)}:\n${log}`)));
    });
  const kill = async (what: 'all' | 'run' = 'all'): Promise<void> => {
    if (child.pid !== undefined) process.kill(what === 'all' ? -child.pid : child.pid, 'SIGKILL');
    await new Promise<void>((gone) =>
      child.exitCode === null && child.signalCode === null ? child.once('exit', () => gone()) : gone(),
    );
  };
  return { child, finished, says, kill };
}

export interface Story extends Tiered {
  readonly what: string;
  readonly play: (project: Project) => Promise<void>;
  readonly options?: ProjectOptions;
}

/**
 * Runs the test cases of this tier, some of them concurrently, since most of the time is waiting; each has a separate
 * `it`.
 */
export function tell(prefix: string, stories: readonly Story[]): void {
  const told = casesOf(stories, ({ what }) => what);
  const projects = new Set<Project>();
  let running: ReadonlyMap<Story, Promise<void>> = new Map();

  const playOne = async (story: Story, title: string): Promise<void> => {
    const project = new Project(title, story.options);
    projects.add(project);
    try {
      await story.play(project);
      rmSync(dirname(project.log), { recursive: true, force: true });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n\nThe runs are in ${project.log}`, { cause: error });
    } finally {
      // The health checks of projects that are left would use CPU time.
      await project.remove();
      projects.delete(project);
    }
  };

  beforeAll(() => {
    lab('node', 'up');
    lab('images', '2.2.12', '2.2.16', 'compose', 'migration');
    const playing = pLimit(AT_ONCE);
    running = new Map(
      told.map((story, at) => [story, playing(() => playOne(story, `${prefix}${at + 1}-${process.pid}`))]),
    );
    for (const each of running.values()) each.catch(() => undefined);
  }, 600_000);

  afterAll(async () => {
    await Promise.all([...projects].map((each) => each.remove().catch(() => undefined)));
  }, 300_000);

  it.each(told.map((story) => [story.what, story] as const))('%s', (_, story) => running.get(story), 600_000);
}
