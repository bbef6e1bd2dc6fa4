// A parsed Compose project: the services of each file, and the variables with their origin. Pure; messages never quote
// the content of a file.
import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { readEnvFile, type EnvSetting } from './env-file.js';
import { resolveText, type Lookup } from './interpolation.js';
import { entriesOf, entryOf, follow, followToMap, lineOf, type Tree } from './yaml-tree.js';
import { readDocument, withoutSource, YamlProblem } from '../../lib/safe-yaml.js';
import { own } from '../../lib/own.js';

/**
 * A file of the project as it is on disk. `compose` and `env` files are in the order in which they are merged; later
 * ones take precedence.
 */
export interface ProjectFile {
  readonly kind: 'compose' | 'env';
  readonly path: string;
  readonly text: string;
  /** True for a file that others include or extend; its variables are only visible in what is included with it. */
  readonly isReferenced?: boolean;
  /** The directory that relative paths in it start from, if it is not the directory of the file. */
  readonly base?: string;
}

/** The variables that a Compose file can use. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly lookup: Lookup;
}

/** `prefix` precedes the name of a service in a path: a file of format version 1 has its services at the top level. */
export interface ComposeFile extends ProjectFile {
  readonly tree: Tree;
  readonly services: ReadonlyMap<string, Node | undefined>;
  readonly prefix: 'services.' | '';
  readonly scope: Scope;
}

/** The effective setting of a variable, with its resolved value. */
export interface Variable {
  readonly path: string;
  readonly text: string;
  readonly setting: EnvSetting;
  readonly value: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Project {
  readonly compose: readonly ComposeFile[];
  readonly env: readonly ProjectFile[];
  readonly environment: Environment;
}

export type ReadProject =
  | { readonly ok: true; readonly project: Project }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * The variables of env files, in their order. The shell takes precedence over the files:
 * docs.docker.com/compose/how-tos/environment-variables/envvars-precedence. The variables of the project take
 * precedence over those of an included file (docs.docker.com/reference/compose-file/include).
 */
export function readScope(files: readonly ProjectFile[], environment: Environment, around?: Scope): Scope {
  const variables = new Map<string, Variable>();
  const lookup: Lookup = (name) => own(environment, name) ?? around?.lookup(name) ?? variables.get(name)?.value;
  for (const { path, text } of files) {
    for (const setting of readEnvFile(text)) {
      const value = setting.literal ? setting.value : resolveText(setting.value, lookup);
      variables.set(setting.name, { path, text, setting, value });
    }
  }
  return { variables: new Map([...variables, ...(around?.variables ?? [])]), lookup };
}

/** The file, or why it cannot be read. */
export function readCompose(file: ProjectFile, scope: Scope): ComposeFile | string {
  const { path, text } = file;
  let tree: Tree;
  try {
    tree = readDocument(text, { merge: true }) as Tree;
  } catch (error) {
    return `${path}: not YAML: ${error instanceof YamlProblem ? error.message : 'it cannot be read'}; \`docker compose config\` has to read the file`;
  }
  const [error] = tree.errors;
  if (error)
    return `${path}, line ${error.linePos?.[0].line ?? 1}: not YAML: ${withoutSource(error.message)}; \`docker compose config\` has to read the file`;
  if (!hasSoundAliases(tree))
    return `${path}: an alias is undefined, cyclic or expands to too many nodes; define "&name" before "*name" is used`;
  if (tree.contents !== null && !isMap(tree.contents) && !isNull(tree.contents)) {
    return `${path}, line ${lineOf(text, tree.contents)}: YAML, but not a map; write for example "services: {standalone: {image: …}}"`;
  }
  return { ...file, tree, scope, ...readServices(tree) };
}

function isNull(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

function hasSoundAliases(tree: Tree): boolean {
  try {
    tree.toJS({ maxAliasCount: 1000 });
    return true;
  } catch {
    return false;
  }
}

function readServices(tree: Tree): Pick<ComposeFile, 'services' | 'prefix'> {
  const top = followToMap(tree, tree.contents);
  if (!top) return { services: new Map(), prefix: 'services.' };
  const services = entriesOf(tree, top).get('services');
  if (services) return { services: isMap(services) ? entriesOf(tree, services) : new Map(), prefix: 'services.' };
  const tables = [...entriesOf(tree, top)].filter(([name, node]) => !name.startsWith('x-') && isOldService(tree, node));
  return { services: new Map(tables), prefix: '' };
}

function isOldService(tree: Tree, node: Node | undefined): boolean {
  return isMap(node) && ['image', 'build', 'extends'].some((key) => entryOf(tree, node, key) !== undefined);
}

/** The map of a service in one file. */
export function serviceIn(file: ComposeFile, service: string): YAMLMap | undefined {
  return followToMap(file.tree, file.services.get(service));
}

/** The names of all services, each once. */
export function serviceNames(project: Project): string[] {
  return [...new Set(project.compose.flatMap((file) => [...file.services.keys()]))];
}

/** The text of a scalar with its variables interpolated; undefined for any other node. */
export function scalarText(file: ComposeFile, node: unknown): string | undefined {
  const scalar = follow(file.tree, node);
  if (!isScalar(scalar) || scalar.value === null) return undefined;
  return resolveText(scalar.source ?? String(scalar.value), file.scope.lookup);
}
