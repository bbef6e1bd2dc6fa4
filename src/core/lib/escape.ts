// Escapes external texts (names, messages of Kubernetes, Helm and registries) for Markdown, Mermaid and lines of a log.

/** Longer texts are cut; the report contains them whole. */
const MAX_TEXT_LENGTH = 600;

/** A longer line is cut before it is processed. */
const MAX_LINE_LENGTH = 16_384;

/** Line breaks, terminal control characters and marks that change the text direction. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
const TERMINAL_COLORS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Entities, unlike backslashes, work in table cells, lists and HTML; `$` would start a formula on GitHub. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '\\': '&#92;',
  '`': '&#96;',
  $: '<span>$</span>',
};

/** The text as one line without control characters, cut to 16,384 characters. */
export function oneLine(text: string): string {
  return shorten(text, MAX_LINE_LENGTH).replace(TERMINAL_COLORS, '').replace(CONTROLS, ' ').trim();
}

/** Cuts a text that is too long, and ends it with `…`. */
export function shorten(text: string, longest = MAX_TEXT_LENGTH): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** An underscore within a word has no effect, and escaping it would break URLs that GitHub links. */
const FORMATTING = /[*[\]~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** Separates words, so that a word with an "@" is handled on its own. */
const BETWEEN_WORDS = /([\s,;:()]+)/;

/**
 * Text for Markdown, table cells included: one literal line without formatting, mentions or block markup. URLs with a
 * scheme remain links.
 */
export function escapeMarkdown(text: string, longest = MAX_TEXT_LENGTH): string {
  const words = shorten(oneLine(text), longest).split(BETWEEN_WORDS);
  // GitHub detects mentions and mail addresses after unescaping, except in code.
  const escaped = words.map((word) => (word.includes('@') ? codeMarkdown(word) : escapeCharacters(word))).join('');
  return escaped.replace(/^[#+=-]/, '\\$&').replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

function escapeCharacters(text: string): string {
  return text.replace(/[&<>|\\`$]/g, (character) => ENTITIES[character] ?? character).replace(FORMATTING, '\\$&');
}

/** The text as code: nothing in it becomes a link or a mention. An empty text remains empty. */
export function codeMarkdown(text: string): string {
  const line = shorten(oneLine(text));
  if (line === '') return '';
  return /[`|\\]/.test(line) ? `<code>${escapeCharacters(line)}</code>` : `\`${line}\``;
}

/** A name for a Mermaid section or task: only characters without a special meaning. */
export function mermaidName(text: string): string {
  const name = shorten(
    text
      .slice(0, 200)
      .replace(/[^A-Za-z0-9._ -]/g, '_')
      .trim(),
    40,
  );
  return name === '' ? 'unnamed' : name;
}
