// Walks a YAML document as Compose reads it: through aliases and merge keys, to the very node that says something. Pure.
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, visit, type Document, type Node, type Pair, type YAMLMap } from 'yaml';

/** A document of any content, with the places of its nodes in the text. */
export type Tree = Document.Parsed;

/** The node itself; of an alias, the node with the anchor. */
export function follow(tree: Tree, node: unknown): Node | undefined {
  if (!isNode(node)) return undefined;
  return isAlias(node) ? node.resolve(tree) : node;
}

export function followToMap(tree: Tree, node: unknown): YAMLMap | undefined {
  const found = follow(tree, node);
  return isMap(found) ? found : undefined;
}

/** What stands at a key of the table; its own first, then what its merge keys bring, the first of them first (yaml.org/type/merge.html). */
export function entryOf(tree: Tree, table: YAMLMap, key: string): Node | undefined {
  return entriesOf(tree, table).get(key);
}

/** Every key of the table with its node, merge keys included. */
export function entriesOf(tree: Tree, table: YAMLMap): ReadonlyMap<string, Node | undefined> {
  const own = table.items.filter((pair) => !isMerge(pair)).map((pair) => [keyOf(pair), follow(tree, pair.value)] as const);
  const merged = table.items.filter(isMerge).flatMap((pair) => mergedTables(tree, pair).flatMap((each) => [...entriesOf(tree, each)]));
  // The last of the same key stays in a Map, hence from the weakest to the strongest.
  return new Map([...own, ...merged].reverse());
}

function mergedTables(tree: Tree, { value }: Pair): YAMLMap[] {
  const source = follow(tree, value);
  const nodes = isSeq(source) ? source.items : [source];
  return nodes.flatMap((each) => followToMap(tree, each) ?? []);
}

function isMerge(pair: Pair): boolean {
  return keyOf(pair) === '<<';
}

function keyOf({ key }: Pair): string {
  const name = isScalar(key) ? key.value : key;
  return typeof name === 'symbol' ? (name.description ?? '') : String(name);
}

/** The keys from the top of the document to a node, such as `x-milvus.image`. */
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

/** The line of a place in a text, from 1. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** The line on which a node begins. */
export function lineOf(text: string, node: Node | undefined): number {
  return lineAt(text, node?.range?.[0] ?? 0);
}
