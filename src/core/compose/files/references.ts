// Finds the files that a Compose file refers to: those that it includes, with their variables, and those whose services
// it extends. Pure.
import { isMap, isSeq, type Node } from 'yaml';
import { pathFrom } from './paths.js';
import { readCompose, readScope, scalarText, type ComposeFile, type Environment, type ProjectFile } from './project.js';
import { entryOf, follow, followToMap } from './yaml-tree.js';

/** `env` are the env files of what is included, in their order. What is extended has those of the extending file. */
export type Reference =
  | {
      readonly kind: 'include';
      readonly paths: readonly string[];
      readonly env: readonly string[];
      readonly directory: string;
    }
  | { readonly kind: 'extends'; readonly paths: readonly string[] };

export interface Include {
  /** The node of the first path, for its line. */
  readonly node: Node;
  readonly paths: readonly string[];
  /** The directory that relative paths in the included files start from. */
  readonly directory: string;
  /** By default the `.env` in its directory (docs.docker.com/reference/compose-file/include). */
  readonly env: readonly string[];
}

/**
 * The references of one Compose file. `env` are the env files that it can use, in their order. Empty for a file that
 * cannot be read.
 */
export function referencesOf(file: ProjectFile, env: readonly ProjectFile[], environment: Environment): Reference[] {
  if (!/\b(include|extends)\b/.test(file.text)) return [];
  const compose = readCompose(file, readScope(env, environment));
  if (typeof compose === 'string') return [];
  const included = includesOf(compose).map((include): Reference => ({ kind: 'include', ...include }));
  return [...included, ...extendedPaths(compose).map((path): Reference => ({ kind: 'extends', paths: [path] }))];
}

/** The entries of `include`: strings, or maps with one or several strings at `path`. */
export function includesOf(file: ComposeFile): Include[] {
  const top = followToMap(file.tree, file.tree.contents);
  const listed = top ? follow(file.tree, entryOf(file.tree, top, 'include')) : undefined;
  const entries = isSeq(listed) ? listed.items : [];
  return entries.flatMap((entry) => {
    const table = followToMap(file.tree, entry);
    const at = (key: string): Node[] => (table ? nodesOf(file, entryOf(file.tree, table, key)) : []);
    const pathsAt = (nodes: readonly Node[]): string[] => nodes.flatMap((node) => pathAt(file, node) ?? []);
    const nodes = table ? at('path') : nodesOf(file, entry);
    const [node] = nodes;
    const paths = pathsAt(nodes);
    const [first] = paths;
    if (!node || first === undefined) return [];
    const [directory = pathFrom({ path: first }, '.')] = pathsAt(at('project_directory'));
    const env = pathsAt(at('env_file'));
    return [{ node, paths, directory, env: env.length > 0 ? env : [directory === '' ? '.env' : `${directory}/.env`] }];
  });
}

function nodesOf(file: ComposeFile, node: unknown): Node[] {
  const found = follow(file.tree, node);
  if (isSeq(found)) return found.items.flatMap((item) => nodesOf(file, item));
  return found ? [found] : [];
}

function pathAt(file: ComposeFile, node: Node | undefined): string | undefined {
  const text = scalarText(file, node);
  return text === undefined ? undefined : pathFrom(file, text);
}

/** The other files whose services are extended. */
export function extendedPaths(file: ComposeFile): string[] {
  return [...file.services.values()].flatMap((node) => {
    const extended = isMap(node) ? followToMap(file.tree, entryOf(file.tree, node, 'extends')) : undefined;
    return (extended && pathAt(file, entryOf(file.tree, extended, 'file'))) ?? [];
  });
}
