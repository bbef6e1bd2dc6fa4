// Walks a YAML document as Compose reads it, through aliases and merge keys, to the node that contains a value. Pure.
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** A document of any content, with the positions of its nodes in the text. */
export type Tree = Document.Parsed;

/** The node itself or, for an alias, the node with the anchor. */
export function follow(tree: Tree, node: unknown): Node | undefined {
  if (!isNode(node)) return undefined;
  return isAlias(node) ? node.resolve(tree) : node;
}

export function followToMap(tree: Tree, node: unknown): YAMLMap | undefined {
  const found = follow(tree, node);
  return isMap(found) ? found : undefined;
}

/**
 * The value of a key in a map. The map's own keys take precedence over its merge keys, and earlier merge keys over
 * later ones (yaml.org/type/merge.html).
 */
export function entryOf(tree: Tree, table: YAMLMap, key: string): Node | undefined {
  return entriesOf(tree, table).get(key);
}

/** Every key of the map with its node, including merge keys. */
export function entriesOf(tree: Tree, table: YAMLMap): ReadonlyMap<string, Node | undefined> {
  const own = table.items
    .filter((pair) => !isMerge(pair))
    .map((pair) => [keyOf(pair), follow(tree, pair.value)] as const);
  const merged = table.items
    .filter(isMerge)
    .flatMap((pair) => mergedTables(tree, pair).flatMap((merge) => [...entriesOf(tree, merge)]));
  // A Map keeps the last value of a key, so the entries are sorted from lowest to highest precedence.
  return new Map([...own, ...merged].reverse());
}

function mergedTables(tree: Tree, { value }: Pair): YAMLMap[] {
  const source = follow(tree, value);
  const nodes = isSeq(source) ? source.items : [source];
  return nodes.flatMap((source) => followToMap(tree, source) ?? []);
}

function isMerge(pair: Pair): boolean {
  return keyOf(pair) === '<<';
}

function keyOf({ key }: Pair): string {
  const name = isScalar(key) ? key.value : key;
  return typeof name === 'symbol' ? (name.description ?? '') : String(name);
}

/** The path of keys from the top of the document to a node, such as `x-milvus.image`. */
export function pathOf(tree: Tree, target: Node): string {
  let path = '';
  visit(tree, {
    Node: (_, node, parents) => {
      if (node !== target) return undefined;
      path = parents.filter(isPair).map(keyOf).join('.');
      return visit.BREAK;
    },
  });
  return path;
}

/** The line number of a position in a text, starting at 1. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** The line on which a node begins. */
export function lineOf(text: string, node: Node | undefined): number {
  return lineAt(text, node?.range?.[0] ?? 0);
}
