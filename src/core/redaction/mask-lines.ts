// Masks the lines of configuration: YAML, JSON, .ini and .env files, also within Kubernetes objects. Broader than for a
// log: one word too many is acceptable, an exposed password is not. Pure.
import { findNamed, isNoSecret, maskText, plainMark, type Mark } from './mask-text.js';
import { CONFIGURATION_WORDS, isSecretFlag, isSecretLikeInConfiguration } from './secret-names.js';

export interface LineOptions {
  readonly mark?: Mark;
  /** Which names have secret values. */
  readonly isSecretName?: (name: string) => boolean;
}

/** The context from previous lines. */
interface State {
  /** Lines with a deeper indentation belong to a secret block; -1 if there is none. */
  readonly blockIndent: number;
  /** What the next entry is: the argument of a flag, or the value of a variable whose name came before. */
  readonly next: 'argument' | 'value' | '';
  readonly inKey: boolean;
}

const START: State = { blockIndent: -1, next: '', inKey: false };

/** Keeps the number of lines; text beside or below a secret-like name is masked. */
export function maskLines(
  text: string,
  { mark = plainMark, isSecretName = isSecretLikeInConfiguration }: LineOptions = {},
): string {
  const options = { mark, isSecretName };
  let state = START;
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const [masked, after] = maskLine(line, state, options);
    lines[at] = masked;
    state = after;
  }
  return lines.join('\n');
}

type Masked = readonly [line: string, after: State];

function maskLine(line: string, state: State, options: Required<LineOptions>): Masked {
  const indent = line.length - line.trimStart().length;
  const inBlock = state.blockIndent >= 0 && indent > state.blockIndent;
  if (inBlock || state.inKey)
    return [hidden(line, indent, options), { ...state, inKey: state.inKey && !line.includes('-----END ') }];
  const item = entryOf(line, state);
  if (item !== null) return [`${line.slice(0, item)}${options.mark(line.slice(item))}`, START];
  return maskEntry(line, indent, options);
}

function hidden(line: string, indent: number, { mark }: Required<LineOptions>): string {
  return `${' '.repeat(indent)}${mark(line.slice(indent))}`;
}

const LIST_ITEM = /^\s*-\s+(?=[^-\s])/;
const VALUE_ENTRY = /^\s*value\s*:\s+/;

/** Where the secret starts in an entry that the previous line announced; null if this line is not such an entry. */
function entryOf(line: string, { next }: State): number | null {
  if (next === '') return null;
  return (next === 'argument' ? LIST_ITEM : VALUE_ENTRY).exec(line)?.[0].length ?? null;
}

const BLOCK = /^[|>][+-]?\d?$/;

function maskEntry(line: string, indent: number, { mark, isSecretName }: Required<LineOptions>): Masked {
  const at = secretValue(line, isSecretName);
  const value = at < 0 ? '' : line.slice(at);
  if (BLOCK.test(value)) return [line, { ...START, blockIndent: indent }];
  if (at >= 0 && value !== '') return [isHarmless(value) ? line : `${line.slice(0, at)}${mark(value)}`, START];
  const keyBegins = line.includes('PRIVATE KEY-----') && line.includes('-----BEGIN ') && !line.includes('-----END ');
  return [maskText(line, mark), { ...START, next: announced(line, isSecretName), inKey: keyBegins }];
}

function isHarmless(value: string): boolean {
  return isNoSecret(value.replaceAll(/["',]/g, '').trim());
}

const VALUE = /\s*/y;

/** Where the value of the first secret-like name starts; -1 if the line has no such name. */
function secretValue(line: string, isSecretName: (name: string) => boolean): number {
  for (
    let named = findNamed(line, 0, CONFIGURATION_WORDS);
    named;
    named = findNamed(line, named.end, CONFIGURATION_WORDS)
  ) {
    if (!isSecretName(line.slice(named.start, named.end))) continue;
    VALUE.lastIndex = named.separator + 1;
    return named.separator + 1 + (VALUE.exec(line)?.[0].length ?? 0);
  }
  return -1;
}

const NAME_ENTRY = /^\s*(?:-\s+)?name\s*:\s+(\S+)/;

function announced(line: string, isSecretName: (name: string) => boolean): State['next'] {
  const item = line.trim();
  if (item.startsWith('- ') && isSecretFlag(item.slice(2).replaceAll(/["']/g, '').trim())) return 'argument';
  const name = NAME_ENTRY.exec(line)?.[1];
  return name !== undefined && isSecretName(name) ? 'value' : '';
}
