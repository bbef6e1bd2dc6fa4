// Parses external YAML within limits: the parser is recursive, and deeply nested text would crash the run. Pure; no
// message quotes the text.
import {
  Lexer,
  parseAllDocuments,
  parseDocument,
  type Document,
  type ParseOptions,
  type DocumentOptions,
  type SchemaOptions,
} from 'yaml';
import { getRecord, type JsonRecord } from './json.js';
import { YamlProblem } from './yaml-problem.js';

export { YamlProblem };

/** Maximum nesting of lists and mappings in flow style. */
const MAX_FLOW_DEPTH = 100;
/**
 * Maximum number of spaces and indicators at the start of a line; a block cannot be nested deeper than its indentation.
 */
const MAX_INDENT = 200;
/** Helm stores a release in a Secret of at most 1 MiB, and nothing else that is parsed here is larger. */
const MAX_CHARACTERS = 8 << 20;

export type YamlOptions = ParseOptions & DocumentOptions & SchemaOptions;

/** The document, which may contain parse errors. Throws YamlProblem. */
export function readDocument(text: string, options: YamlOptions = {}): Document {
  assertBounds(text);
  return parseDocument(text, { logLevel: 'error', ...options }) as unknown as Document;
}

/** Every document of the text. Throws YamlProblem. */
export function readDocuments(text: string, options: YamlOptions = {}): Document[] {
  assertBounds(text);
  const found = parseAllDocuments(text, { logLevel: 'error', ...options });
  return 'empty' in found ? [] : (found as unknown as Document[]);
}

/** The document as plain data. Throws YamlProblem. */
export function readYaml(text: string, options: YamlOptions = {}): unknown {
  const document = readDocument(text, options);
  const [error] = document.errors;
  if (error) throw new YamlProblem(withoutSource(error.message));
  return plainData(document);
}

/** The record in the text; an empty one if it is not YAML, or not a record. */
export function readYamlRecord(text: string): JsonRecord {
  try {
    // The search for duplicate keys compares each key with every other: 20,000 keys take seconds.
    return getRecord(readYaml(text, { uniqueKeys: false }));
  } catch {
    return {};
  }
}

/** The document as plain data. Throws YamlProblem for undefined, circular or excessive aliases. */
export function plainData(document: Document): unknown {
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    throw new YamlProblem(withoutSource(error instanceof Error ? error.message : ''));
  }
  if (refersToItself(data)) throw new YamlProblem('an alias refers to the value that it is part of');
  return data;
}

/** After the first ": ", the message of the parser quotes the source, which may contain passwords. */
export function withoutSource(message: string): string {
  const [reason = ''] = message.split(/: |:?\n/);
  const [place = ''] = / at line \d+, column \d+/.exec(message) ?? [];
  return `${reason.replace(place, '')}${place}`;
}

function refersToItself(
  value: unknown,
  above: ReadonlySet<unknown> = new Set(),
  sound: Set<unknown> = new Set(),
): boolean {
  if (typeof value !== 'object' || value === null || sound.has(value)) return false;
  if (above.has(value)) return true;
  const below = new Set([...above, value]);
  const isCircle = Object.values(value).some((item) => refersToItself(item, below, sound));
  sound.add(value);
  return isCircle;
}

/** What may precede a nested list or mapping on a line: spaces, indicators, document markers, anchors and tags. */
const PREFIX = /^(?:\s+|[-?:]|---|[\u0002\ufeff]|[&!].*)$/s;

function assertBounds(text: string): void {
  if (text.length > MAX_CHARACTERS)
    throw new YamlProblem(`it has ${text.length} characters; the maximum is ${MAX_CHARACTERS}`);
  let depth = 0;
  let indent = 0;
  let isPrefix = true;
  for (const token of new Lexer().lex(text)) {
    if (token === '\n') [indent, isPrefix] = [0, true];
    else if (isPrefix) {
      isPrefix = PREFIX.test(token);
      if (indent > MAX_INDENT && token.trim() !== '' && !token.startsWith('#')) throw tooDeep();
      indent += token.length;
    }
    depth += depthOf(token);
    if (depth > MAX_FLOW_DEPTH) throw tooDeep();
  }
}

function depthOf(token: string): number {
  if (token === '[' || token === '{') return 1;
  return token === ']' || token === '}' ? -1 : 0;
}

function tooDeep(): YamlProblem {
  return new YamlProblem('it is nested too deeply');
}
