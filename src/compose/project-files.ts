// Which files make a project, by the rules of Compose: what is read here is what Compose reads, and what is changed here is what it will read.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { ComposeConfig } from '../core/compose/wishes.js';
import type { ObservedFile } from '../core/compose/seen.js';
import { UpgradeError } from '../core/errors.js';
import { SecretString } from '../core/hidden-text.js';
import type { ComposeProjectPlace } from './find-docker.js';
import { readEnvFile } from '../core/compose/files/env-file.js';
import type { Environment, ProjectFile } from '../core/compose/files/project.js';
import { referencesOf } from '../core/compose/files/references.js';

/** In the order in which Compose looks for them (docs.docker.com/compose/intro/compose-application-model); the older names are all that version 1 knows. */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml'];

/** Absolute paths. Throws `input-invalid` with every file that is not there. */
export function findProject(options: ComposeConfig, env: NodeJS.ProcessEnv): ComposeProjectPlace {
  const directory = resolve(options.directory);
  const named = options.files.length > 0 ? options.files : namedInEnvironment(directory, env);
  const files = named.length > 0 ? named.map((each) => locate(each, directory)) : defaultFiles(directory);
  const namedEnv = options.envFiles.length > 0 ? options.envFiles : splitPaths(env.COMPOSE_ENV_FILES ?? '', ',');
  const envFiles = namedEnv.map((each) => locate(each, directory));
  const missing = [...files, ...envFiles].filter((each) => !existsSync(each));
  if (missing.length > 0) throw notThere(missing.map((each) => `${each} is not there`));
  if (files.length === 0) throw notThere([`${directory} has none of ${NAMES.join(', ')}`]);
  return { files, directory: homeOf(options, directory, files, named), name: options.name, envFiles };
}

/** Compose takes the folder of the first file for the project's, wherever it is: also where it found that in a folder above. */
function homeOf(options: ComposeConfig, directory: string, [first = '']: readonly string[], named: readonly string[]): string {
  const isFound = named.length === 0 || (options.directory === '.' && options.files.length > 0);
  return isFound ? dirname(first) : directory;
}

/** docs.docker.com/compose/how-tos/environment-variables/envvars, "COMPOSE_FILE". */
function namedInEnvironment(directory: string, env: NodeJS.ProcessEnv): string[] {
  const settings = { ...readSettings(join(directory, '.env')), ...env };
  return splitPaths(settings.COMPOSE_FILE ?? '', settings.COMPOSE_PATH_SEPARATOR ?? delimiter);
}

/** The files with what is in them now; env files are the ones that were named, or the `.env` of the folder. Files that others name come before those. */
export function readProjectFiles({ files, directory, envFiles }: ComposeProjectPlace, environment: Environment = {}): ObservedFile[] {
  const own = join(directory, '.env');
  const env = (envFiles.length > 0 ? envFiles : existsSync(own) ? [own] : []).map((path) => readFile('env', path));
  const compose = files.map((path) => readFile('compose', path));
  const named = readReferenced(compose, env, environment);
  const ofKind = (kind: ObservedFile['kind']): ObservedFile[] => named.filter((each) => each.kind === kind);
  return [...ofKind('compose'), ...compose, ...ofKind('env'), ...env];
}

function readFile(kind: ObservedFile['kind'], path: string): ObservedFile {
  return { kind, path, text: new SecretString(readFileSync(path, 'utf8')) };
}

/** What is included and extended, and what that includes and extends: the deepest first. What is not there is left to Compose. */
function readReferenced(files: readonly ObservedFile[], env: readonly ObservedFile[], environment: Environment): ObservedFile[] {
  const known = new Set([...files, ...env].map((each) => each.path));
  const plain = ({ kind, path, text }: ObservedFile): ProjectFile => ({ kind, path, text: text.reveal() });
  const expand = (file: ObservedFile): ObservedFile[] =>
    referencesOf(plain(file), env.map(plain), environment).flatMap(({ kind, path }) => {
      if (known.has(path) || !isFile(path)) return [];
      known.add(path);
      const found = { ...readFile(kind, path), isReferenced: true };
      return kind === 'compose' ? [...expand(found), found] : [found];
    });
  return files.flatMap(expand);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Paths are written from where the action runs, or from the folder of the project. */
function locate(path: string, directory: string): string {
  const here = resolve(path);
  return isAbsolute(path) || existsSync(here) ? here : join(directory, path);
}

function defaultFiles(directory: string): string[] {
  const there = (names: readonly string[]): string[] => names.map((each) => join(directory, each)).filter((each) => existsSync(each));
  const [first] = there(NAMES);
  if (first) return [first, ...there(OVERRIDES).slice(0, 1)];
  const above = dirname(directory);
  return above === directory ? [] : defaultFiles(above);
}

function splitPaths(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function readSettings(path: string): Record<string, string> {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const desired = readEnvFile(text).filter(({ name }) => name === 'COMPOSE_FILE' || name === 'COMPOSE_PATH_SEPARATOR');
  return Object.fromEntries(desired.map(({ name, value }) => [name, value]));
}

function notThere(problems: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'input-invalid',
    what: 'The files of the project were not found',
    why: problems.join('; '),
    remedy: 'Set project-directory to the folder of the project, or compose-files and env-files to its files. Nothing was touched.',
  });
}
