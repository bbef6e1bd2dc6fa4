// Makes texts from outside (names, messages of Kubernetes, of Helm, of registries) harmless in Markdown, in Mermaid and in a line of a log.

/** Longer texts say nothing more; the report has them whole. */
const LONGEST = 600;

/** A longer line is cut before anything is done with it. */
const LONGEST_LINE = 16_384;

/** Line breaks, terminal controls and the marks that turn the direction of text. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
const TERMINAL_COLORS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Entities, unlike backslashes, are the same in a table cell, in a list and in HTML; `$` would begin a formula on GitHub. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '\\': '&#92;', '`': '&#96;', $: '<span>$</span>' };

/** One line without controls, whatever it was before; what is beyond 16,384 characters is cut off. */
export function oneLine(text: string): string {
  return shorten(text, LONGEST_LINE).replace(TERMINAL_COLORS, '').replace(CONTROLS, ' ').trim();
}

/** Cuts a text that is too long, and shows that it was cut. */
export function shorten(text: string, longest = LONGEST): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** An underscore within a word formats nothing, and escaped it would break the addresses that GitHub links. */
const FORMATTING = /[*[\]~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** Parts words, so that one with an "@" can be told from its neighbours. */
const BETWEEN_WORDS = /([\s,;:()]+)/;

/** Text for Markdown, table cells included: one line that shows what it says, and cannot format, mention or begin anything. Addresses with a scheme stay links. */
export function escapeMarkdown(text: string, longest = LONGEST): string {
  const words = shorten(oneLine(text), longest).split(BETWEEN_WORDS);
  // GitHub makes mentions and mail addresses after every escape is undone, except in code.
  const escaped = words.map((word) => (word.includes('@') ? codeMarkdown(word) : escapeCharacters(word))).join('');
  return escaped.replace(/^[#+=-]/, '\\$&').replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

function escapeCharacters(text: string): string {
  return text.replace(/[&<>|\\`$]/g, (character) => ENTITIES[character] ?? character).replace(FORMATTING, '\\$&');
}

/** The same text as code: nothing in it is linked, a mention included. Empty stays empty. */
export function codeMarkdown(text: string): string {
  const line = shorten(oneLine(text));
  if (line === '') return '';
  return /[`|\\]/.test(line) ? `<code>${escapeCharacters(line)}</code>` : `\`${line}\``;
}

/** A name for a Mermaid section or task: only characters that mean nothing there. */
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
