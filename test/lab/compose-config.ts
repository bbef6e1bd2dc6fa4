// Writes a Compose project to a directory, reads it with the product and with one version of the real Compose, and
// applies the edits of the product. `docker-compose config` needs no Docker daemon.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { flagsOf, type ComposeProjectPlace } from '../../src/compose/docker/find-compose.js';
import { findProject, readProjectFiles } from '../../src/compose/project/files.js';
import { effectsOf } from '../../src/core/compose/files/edit-effects.js';
import { planImageEdits, readImages } from '../../src/core/compose/files/image-edits.js';
import type { Environment, ProjectFile } from '../../src/core/compose/files/project.js';
import { getRecord, getString } from '../../src/core/lib/json.js';
import { readYaml } from '../../src/core/lib/safe-yaml.js';
import type { Values } from '../../src/core/model/values.js';
import type { RealWorldProject } from '../unit/core/compose/files/real-world-project.js';

const CACHE = process.env.MILVUS_LAB ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'milvus-lab');

/** Where `lab/lab tools compose` installs a version; an empty version is the default of the lab. */
export function programOf(version: string): string {
  return join(CACHE, 'bin', version === '' ? '' : `compose-${version}`, 'docker-compose');
}

/** The resolved project, or the message of a Compose that cannot read it. */
export type Config = { readonly config: Values } | { readonly message: string };

export class ProjectOnDisk {
  readonly #directory = realpathSync(mkdtempSync(join(tmpdir(), 'milvus-compose-')));
  readonly #project: RealWorldProject;
  readonly #env: NodeJS.ProcessEnv;
  /** Named after a user's directory, because Compose derives the name of the project from it. */
  readonly #home = join(this.#directory, 'vectors');
  constructor(project: RealWorldProject) {
    this.#project = project;
    this.#env = { PATH: process.env.PATH ?? '', HOME: this.#directory, ...project.environment };
    for (const { path, text } of project.files) this.#write(path, text);
    for (const [path, text] of Object.entries(project.others ?? {})) this.#write(path, text);
  }

  /** The files as the product finds and reads them, with paths relative to the directory where it runs. */
  files(): readonly ProjectFile[] {
    return readProjectFiles(this.#place(), this.#env).map((file) => ({
      ...file,
      path: relative(this.#home, file.path),
      ...(file.base === undefined ? {} : { base: relative(this.#home, file.base) }),
      text: file.text.reveal(),
    }));
  }

  images(services: readonly string[]): ReadonlyMap<string, string> {
    return readImages({ files: this.files(), environment: this.#env as Environment }, services);
  }

  /**
   * Writes the edits that the product plans. Returns what it reports that they change besides the images, as
   * `service.key`.
   */
  edit(): readonly string[] {
    const files = this.files();
    const { edits, problems } = planImageEdits({ ...this.#project, files });
    if (problems.length > 0 || edits.length === 0) throw new Error(`nothing is edited: ${problems.join('\n')}`);
    const effects = effectsOf(files, this.#env as Environment, edits);
    for (const { path, after } of edits) this.#write(path, after);
    const named = [...effects.command, ...effects.networks, ...effects.others].map(keyOf);
    return [...new Set(named)].sort();
  }

  /** As a user runs Compose. */
  config(program: string): Config {
    const { files = [], envFiles = [], directory = '' } = this.#project.inputs ?? {};
    return this.#run(program, [
      ...files.flatMap((file) => ['-f', file]),
      ...envFiles.flatMap((file) => ['--env-file', file]),
      ...(directory === '' ? [] : ['--project-directory', directory]),
    ]);
  }

  /** As the product runs Compose. */
  configOfProduct(program: string): Config {
    return this.#run(program, flagsOf(this.#place()));
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #place(): ComposeProjectPlace {
    const { files = [], envFiles = [], directory = '' } = this.#project.inputs ?? {};
    const before = process.cwd();
    process.chdir(this.#home);
    try {
      return findProject(
        { files, envFiles, directory, name: '', services: [], fixDataOwner: false, host: '', context: '' },
        this.#env,
      );
    } finally {
      process.chdir(before);
    }
  }

  #run(program: string, flags: readonly string[]): Config {
    const { stdout, stderr, status, error } = spawnSync(program, [...flags, 'config'], {
      cwd: this.#home,
      env: this.#env,
      encoding: 'utf8',
    });
    if (error) throw error;
    if (status !== 0) return { message: this.#plain(stderr) };
    return { config: getRecord(readYaml(stdout.replaceAll('$$', () => '$'))) };
  }

  /** The message without the directory of this run, warnings and hints. */
  #plain(stderr: string): string {
    const lines = stderr
      .replaceAll(`${this.#home}/`, '')
      .replaceAll(this.#home, '.')
      .replaceAll(/(?<=[\s'"])\.\/(?=\w)/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^(time=|The .* variable is not set)/.test(line));
    const text = lines.slice(0, 2).join(' ');
    // Compose 1 prints its usage; newer versions name properties in any order.
    if (text.startsWith('Define and run')) return 'it has one --env-file only';
    return text.replace(/additional propert.* not allowed/i, 'additional properties are not allowed');
  }

  #write(path: string, text: string): void {
    const whole = join(this.#home, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
  }
}

/** The image of every service that has one. */
export function imagesIn({ services }: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(getRecord(services)).flatMap(([name, service]) => {
      const image = getString(getRecord(service).image);
      return image === '' ? [] : [[name, image]];
    }),
  );
}

/** `services.milvus.labels.version (compose.yml, line 4)` is `milvus.labels`. Compose resolves `env_file`. */
function keyOf(effect: string): string {
  const [path = ''] = effect.split(' (');
  const [, service = '', key = ''] = path.split('.');
  return `${service}.${key === 'env_file' ? 'environment' : key}`;
}

/** What differs between two configs besides the given images and extension fields, as `service.key`. */
export function differences(before: Values, after: Values, images: Readonly<Record<string, string>>): string[] {
  const [old, fresh] = [getRecord(before.services), getRecord(after.services)];
  const top = keysOf(before, after).filter((key) => key !== 'services' && !key.startsWith('x-'));
  const outside = top.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  const inside = keysOf(old, fresh).flatMap((service) => {
    const [one, other] = [{ ...getRecord(old[service]) }, getRecord(fresh[service])];
    if (Object.hasOwn(images, service)) one.image = images[service];
    const keys = keysOf(one, other).filter((key) => !isDeepStrictEqual(one[key], other[key]));
    return keys.map((key) => `${service}.${key}`);
  });
  return [...outside, ...inside].sort();
}

function keysOf(one: Values, other: Values): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}
