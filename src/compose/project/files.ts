// Finds and reads the files of a project by the rules of Compose, so that this action reads and edits the same files as
// Compose.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { ProjectConfig } from '../../core/config/compose.js';
import type { ObservedFile } from '../../core/compose/observation.js';
import { UpgradeError } from '../../core/model/error.js';
import { SecretString } from '../../core/redaction/secret-string.js';
import type { ComposeProjectPlace } from '../docker/find-compose.js';
import { readEnvFile } from '../../core/compose/files/env-file.js';
import type { Environment, ProjectFile } from '../../core/compose/files/project.js';
import { referencesOf } from '../../core/compose/files/references.js';

/**
 * In the order in which Compose searches for them (docs.docker.com/compose/intro/compose-application-model); Compose 1
 * only knows the older names.
 */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** Returns absolute paths. Throws `input-invalid` with every file that does not exist. */
export function findProject(options: ProjectConfig, env: NodeJS.ProcessEnv): ComposeProjectPlace {
  const directory = resolve(options.directory);
  const named = options.files.length > 0 ? options.files : namedInEnvironment(directory, env);
  const files = named.length > 0 ? named.map((file) => locate(file, directory)) : defaultFiles(directory);
  const namedEnv = options.envFiles.length > 0 ? options.envFiles : splitPaths(env.COMPOSE_ENV_FILES ?? '', ',');
  const envFiles = namedEnv.map((file) => locate(file, directory));
  const missing = [...files, ...envFiles].filter((path) => !existsSync(path));
  if (missing.length > 0) throw notThere(missing.map((path) => `${path} does not exist`));
  if (files.length === 0) throw notThere([`${directory} contains none of ${NAMES.join(', ')}`]);
  return { files, directory: homeOf(options, directory, files, named), name: options.name, envFiles };
}

/**
 * Compose uses the directory of the first file as the project directory, including when it finds that file in a parent
 * directory.
 */
function homeOf(
  options: ProjectConfig,
  directory: string,
  [first = '']: readonly string[],
  named: readonly string[],
): string {
  const isFound = named.length === 0 || (options.directory === '' && options.files.length > 0);
  return isFound ? dirname(first) : directory;
}

/** docs.docker.com/compose/how-tos/environment-variables/envvars, "COMPOSE_FILE". */
function namedInEnvironment(directory: string, env: NodeJS.ProcessEnv): string[] {
  const settings = { ...readSettings(join(directory, '.env')), ...env };
  return splitPaths(settings.COMPOSE_FILE ?? '', settings.COMPOSE_PATH_SEPARATOR ?? delimiter);
}

/**
 * Reads the files. Env files are the ones that were set, or `.env` in the project directory. Referenced files precede
 * the files that refer to them.
 */
export function readProjectFiles(
  { files, directory, envFiles }: ComposeProjectPlace,
  environment: Environment = {},
): ObservedFile[] {
  const own = join(directory, '.env');
  const env = (envFiles.length > 0 ? envFiles : existsSync(own) ? [own] : []).map((path) => readFile('env', path));
  const compose = files.map((path) => ({ ...readFile('compose', path), ...baseOf(path, directory) }));
  const named = readReferenced(compose, env, environment);
  const ofKind = (kind: ObservedFile['kind']): ObservedFile[] => named.filter((file) => file.kind === kind);
  return [...ofKind('compose'), ...compose, ...ofKind('env'), ...env];
}

function readFile(kind: ObservedFile['kind'], path: string): ObservedFile {
  return { kind, path, text: new SecretString(readFileSync(path, 'utf8')) };
}

/** The included and extended files, recursively, deepest first. Missing files are left out; Compose reports them. */
function readReferenced(
  files: readonly ObservedFile[],
  env: readonly ObservedFile[],
  environment: Environment,
): ObservedFile[] {
  const known = new Map([...files, ...env].map((file) => [file.path, file]));
  const found: ObservedFile[] = [];
  const read = (kind: ObservedFile['kind'], path: string, base = dirname(path)): ObservedFile | undefined => {
    const file =
      known.get(path) ??
      (isFile(path) ? { ...readFile(kind, path), isReferenced: true, ...baseOf(path, base) } : undefined);
    if (file) known.set(path, file);
    return file;
  };
  const add = (file: ObservedFile): void => {
    if (file.isReferenced && !found.includes(file)) found.push(file);
  };
  const expand = (file: ObservedFile, usable: readonly ObservedFile[]): void => {
    for (const reference of referencesOf(plain(file), usable.map(plain), environment)) {
      const own = reference.kind === 'include' ? reference.env.flatMap((path) => read('env', path) ?? []) : [];
      own.forEach(add);
      for (const path of reference.paths.filter((path) => !known.has(path))) {
        const other = read('compose', path, reference.kind === 'include' ? reference.directory : undefined);
        if (!other) continue;
        expand(other, [...own, ...usable]);
        add(other);
      }
    }
  };
  for (const file of files) expand(file, env);
  return found;
}

/** Relative paths start from the directory of the project or of the `include`, not from that of the file. */
function baseOf(path: string, base: string): Pick<ObservedFile, 'base'> {
  return base === dirname(path) ? {} : { base };
}

function plain(file: ObservedFile): ProjectFile {
  return { ...file, text: file.text.reveal() };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Paths are relative to the working directory of the action or, if no such file exists, to the project directory. */
function locate(path: string, directory: string): string {
  const here = resolve(path);
  return isAbsolute(path) || existsSync(here) ? here : join(directory, path);
}

function defaultFiles(directory: string): string[] {
  const there = (names: readonly string[]): string[] =>
    names.map((name) => join(directory, name)).filter((path) => existsSync(path));
  const [first] = there(NAMES);
  if (first) return [first, ...there(OVERRIDES).slice(0, 1)];
  const above = dirname(directory);
  return above === directory ? [] : defaultFiles(above);
}

function splitPaths(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((path) => path.trim())
    .filter((path) => path !== '');
}

function readSettings(path: string): Record<string, string> {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const desired = readEnvFile(text).filter(({ name }) => name === 'COMPOSE_FILE' || name === 'COMPOSE_PATH_SEPARATOR');
  return Object.fromEntries(desired.map(({ name, value }) => [name, value]));
}

function notThere(problems: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'input-invalid',
    what: 'The project files were not found',
    why: problems.join('; '),
    remedy:
      'Set project-directory to the directory of the project, or compose-files and env-files to its files. Nothing was changed.',
  });
}
