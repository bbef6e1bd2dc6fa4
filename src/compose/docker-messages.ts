// What docker and Compose print of a failure, without what hides its reason and without values that may be secrets. Pure.
import { blankBetween, inOrder } from '../core/text-scan.js';

/** What docker says of its own help would push the reason out of the last lines. */
export function withoutHints(said: string): string {
  return said.replace(/^(Run|See) '[^']*--help'.*$/gm, '');
}

/** Compose quotes the value that it does not understand, and warns of "variables" that are a piece of a password with a $. Where it is and what is wrong with it stays. */
export function withoutValues(said: string): string {
  const lines = said.split('\n');
  const isWarning = (line: string): boolean => /level=warning|^WARN/.test(line);
  const reportingChanges = lines.filter((line) => !isWarning(line) && !/variable is not set\. Default/.test(line));
  // Where nothing else is said, a warning is the reason; one of a variable may hold a piece of a secret.
  const kept = reportingChanges.some((line) => line.trim() !== '') ? reportingChanges : lines.filter((line) => !/variable/i.test(line));
  return [['near "'], ['format for ', ': "']]
    .reduce((text, words) => blankQuoted(text, words), blankBetween(kept.join('\n'), ' contains ', ', which is '))
    .replace(/(cannot unmarshal !!\w+ )`[^`]*`/g, '$1`…`')
    .replace(/(with another \$\.)\s[^]*/, '$1');
}

/** On lines with these words, what is quoted after the last of them. */
function blankQuoted(text: string, words: readonly string[]): string {
  const blank = (line: string): string => (inOrder(line, ...words) ? blankBetween(line, words.at(-1) ?? '', '"') : line);
  return text.split('\n').map(blank).join('\n');
}
