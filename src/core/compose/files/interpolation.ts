// Parses and resolves variables in a Compose file, such as `${TAG:-v2.2.16}`, by the rules of
// docs.docker.com/reference/compose-file/interpolation. Pure.

export interface TextPart {
  readonly kind: 'text';
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** `word` is the template after the operator: a default, an alternative or a message. */
export interface VariablePart {
  readonly kind: 'variable';
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly operator: string;
  readonly word: Template;
  readonly wordStart: number;
  readonly wordEnd: number;
}

export type Part = TextPart | VariablePart;
export type Template = readonly Part[];
export type Lookup = (name: string) => string | undefined;

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:?[-?+]/y;
/** Compose files nest defaults once or twice; deeper templates are rejected. */
const MAX_DEPTH = 32;

/** The parts of a text in order, without gaps; null if Compose would report an invalid interpolation. */
export function parseTemplate(text: string): Template | null {
  return parseFrom(text, 0, 0)?.parts ?? null;
}

/** Parses the whole text at depth 0, and the word of a variable up to its closing brace at other depths. */
function parseFrom(
  text: string,
  from: number,
  depth: number,
): { readonly parts: Template; readonly end: number } | null {
  if (depth > MAX_DEPTH) return null;
  const isWord = depth > 0;
  const parts: Part[] = [];
  let at = from;
  while (at < text.length && !(isWord && text[at] === '}')) {
    const part = text[at] === '$' ? parseDollar(text, at, depth) : parseText(text, at, isWord);
    if (!part) return null;
    parts.push(part);
    at = part.end;
  }
  return { parts, end: at };
}

function parseText(text: string, start: number, isWord: boolean): TextPart {
  const length = text.slice(start).search(isWord ? /[$}]/ : /\$/);
  const end = length < 0 ? text.length : start + length;
  return { kind: 'text', start, end, value: text.slice(start, end) };
}

function parseDollar(text: string, start: number, depth: number): Part | null {
  if (text[start + 1] === '$') return { kind: 'text', start, end: start + 2, value: '$' };
  const hasBraces = text[start + 1] === '{';
  const nameStart = start + (hasBraces ? 2 : 1);
  const name = matchAt(NAME, text, nameStart);
  if (name === '') return null;
  const nameEnd = nameStart + name.length;
  if (!hasBraces)
    return {
      kind: 'variable',
      start,
      end: nameEnd,
      name,
      operator: '',
      word: [],
      wordStart: nameEnd,
      wordEnd: nameEnd,
    };

  const operator = matchAt(OPERATOR, text, nameEnd);
  const wordStart = nameEnd + operator.length;
  const word = operator === '' ? { parts: [], end: wordStart } : parseFrom(text, wordStart, depth + 1);
  if (!word || text[word.end] !== '}') return null;
  return { kind: 'variable', start, end: word.end + 1, name, operator, word: word.parts, wordStart, wordEnd: word.end };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** The origin of the text of a variable: the variable itself, the word after its operator, or nothing. */
export function originOf({ name, operator }: VariablePart, lookup: Lookup): 'variable' | 'word' | 'nothing' {
  const value = lookup(name);
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('+')) return isSet ? 'word' : 'nothing';
  if (isSet) return 'variable';
  return operator.endsWith('-') ? 'word' : 'nothing';
}

/** The text of one part; an unset variable is empty, as in Compose. */
export function resolvePart(part: Part, lookup: Lookup): string {
  if (part.kind === 'text') return part.value;
  const origin = originOf(part, lookup);
  if (origin === 'nothing') return '';
  return origin === 'variable' ? (lookup(part.name) ?? '') : resolveParts(part.word, lookup);
}

export function resolveParts(template: Template, lookup: Lookup): string {
  return template.map((part) => resolvePart(part, lookup)).join('');
}

/** The text with its variables interpolated; unchanged if Compose would reject it. */
export function resolveText(text: string, lookup: Lookup): string {
  const template = parseTemplate(text);
  return template ? resolveParts(template, lookup) : text;
}
