// Finds the files that a Compose file refers to: those that it includes, with their variables, and those whose services
// it extends. Pure.
import { isMap, isSeq, type Node } from 'yaml';
import { pathFrom } from './paths.js';
import {
  readProject,
  scalarText,
  type ComposeFile,
  type Environment,
  type Project,
  type ProjectFile,
} from './project.js';
import { entryOf, follow, followToMap } from './yaml-tree.js';

export interface Reference {
  readonly kind: ProjectFile['kind'];
  readonly path: string;
}

export interface Include {
  /** The node of the first path, for its line. */
  readonly node: Node;
  readonly paths: readonly string[];
  /** By default the `.env` in its directory (docs.docker.com/reference/compose-file/include). */
  readonly env: readonly string[];
}

/**
 * The references of one Compose file. `env` are the env files of the project, in their order. Empty for a file that
 * cannot be read.
 */
export function referencesOf(file: ProjectFile, env: readonly ProjectFile[], environment: Environment): Reference[] {
  if (!/\b(include|extends)\b/.test(file.text)) return [];
  const read = readProject([file, ...env], environment);
  const [compose] = read.ok ? read.project.compose : [];
  if (!read.ok || !compose) return [];
  const included = includesOf(read.project, compose).flatMap((include) => [
    ...include.env.map((path): Reference => ({ kind: 'env', path })),
    ...include.paths.map((path): Reference => ({ kind: 'compose', path })),
  ]);
  return [...included, ...extendedPaths(read.project, compose).map((path): Reference => ({ kind: 'compose', path }))];
}

/** The entries of `include`: strings, or maps with one or several strings at `path`. */
export function includesOf(project: Project, file: ComposeFile): Include[] {
  const top = followToMap(file.tree, file.tree.contents);
  const listed = top ? follow(file.tree, entryOf(file.tree, top, 'include')) : undefined;
  const entries = isSeq(listed) ? listed.items : [];
  return entries.flatMap((entry) => {
    const table = followToMap(file.tree, entry);
    const at = (key: string): Node[] => (table ? nodesOf(file, entryOf(file.tree, table, key)) : []);
    const pathsAt = (nodes: readonly Node[]): string[] => nodes.flatMap((node) => pathAt(project, file, node) ?? []);
    const nodes = table ? at('path') : nodesOf(file, entry);
    const [node] = nodes;
    const paths = pathsAt(nodes);
    const [first] = paths;
    if (!node || first === undefined) return [];
    const [directory = pathFrom(first, '.')] = pathsAt(at('project_directory'));
    const env = pathsAt(at('env_file'));
    return [{ node, paths, env: env.length > 0 ? env : [directory === '' ? '.env' : `${directory}/.env`] }];
  });
}

function nodesOf(file: ComposeFile, node: unknown): Node[] {
  const found = follow(file.tree, node);
  if (isSeq(found)) return found.items.flatMap((item) => nodesOf(file, item));
  return found ? [found] : [];
}

function pathAt(project: Project, file: ComposeFile, node: Node | undefined): string | undefined {
  const text = scalarText(project, file, node);
  return text === undefined ? undefined : pathFrom(file.path, text);
}

function extendedPaths(project: Project, file: ComposeFile): string[] {
  return [...file.services.values()].flatMap((node) => {
    const extended = isMap(node) ? followToMap(file.tree, entryOf(file.tree, node, 'extends')) : undefined;
    return (extended && pathAt(project, file, entryOf(file.tree, extended, 'file'))) ?? [];
  });
}
