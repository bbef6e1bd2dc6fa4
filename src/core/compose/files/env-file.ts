// Reads the settings of an .env file and their positions: quotes, `export `, comments and multi-line values as Docker
// Compose reads them. Pure. Source of the rules:
// docs.docker.com/compose/how-tos/environment-variables/variable-interpolation, "Env file syntax".

/**
 * One setting. `start` and `end` are the bounds of the value without its quotes; if `literal`, variables in it are not
 * interpolated.
 */
export interface EnvSetting {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly literal: boolean;
}

const HEAD = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*/;
/** An unquoted value. A comment begins at a `#` after a space. */
const UNQUOTED = /^(?:[^\s#]|#(?<!\s#)|[ \t]+(?=[^\s#]))*/;

/** The settings in the order of the file; a name that is set twice is listed twice. */
export function readEnvFile(text: string): EnvSetting[] {
  const settings: EnvSetting[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const found = readSetting(text, at);
    if (found) settings.push(found);
    const lineEnd = text.indexOf('\n', found?.end ?? at);
    at = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  return settings;
}

function readSetting(text: string, lineStart: number): EnvSetting | null {
  const lineEnd = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const head = HEAD.exec(line);
  if (!head) return null;
  const [before, name = ''] = head;
  const start = lineStart + before.length;
  return readQuoted(text, start, name) ?? readUnquoted(line.slice(before.length), start, name);
}

function readUnquoted(rest: string, start: number, name: string): EnvSetting {
  const value = rest.startsWith('#') ? '' : (UNQUOTED.exec(rest)?.[0] ?? '');
  return { name, value, start, end: start + value.length, literal: false };
}

function readQuoted(text: string, at: number, name: string): EnvSetting | null {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") return null;
  const start = at + 1;
  const length = text.slice(start).search(quote === '"' ? /(?<!\\)"/ : /'/);
  if (length < 0) return null;
  const value = text.slice(start, start + length);
  // A backslash can escape a dollar sign; an image contains neither.
  return { name, value, start, end: start + length, literal: quote === "'" || value.includes('\\') };
}
