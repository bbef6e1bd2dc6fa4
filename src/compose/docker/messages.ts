// Cleans the error output of docker and Compose: removes usage hints and values that may be secrets. Pure.
import { blankBetween, inOrder } from '../../core/lib/text-scan.js';

/** Removes the hints of docker on its help, which would push the reason out of the last lines. */
export function withoutHints(message: string): string {
  return message.replace(/^(Run|See) '[^']*--help'.*$/gm, '');
}

/**
 * Compose quotes values that it cannot parse, and warns about "variables" that are part of a password with a $. Removes
 * both; keeps the location and the reason.
 */
export function withoutValues(message: string): string {
  const lines = message.split('\n');
  const isWarning = (line: string): boolean => /level=warning|^WARN/.test(line);
  const errors = lines.filter((line) => !isWarning(line) && !/variable is not set\. Default/.test(line));
  // Without other output a warning is the reason. A warning about a variable may contain part of a secret.
  const kept = errors.some((line) => line.trim() !== '') ? errors : lines.filter((line) => !/variable/i.test(line));
  return [['near "'], ['format for ', ': "']]
    .reduce((text, parts) => blankQuoted(text, parts), blankBetween(kept.join('\n'), ' contains ', ', which is '))
    .replace(/(cannot unmarshal !!\w+ )`[^`]*`/g, '$1`…`')
    .replace(/(with another \$\.)\s[^]*/, '$1');
}

/** Masks the quoted text after the last of these words, on lines that contain all of them. */
function blankQuoted(text: string, parts: readonly string[]): string {
  const blank = (line: string): string =>
    inOrder(line, ...parts) ? blankBetween(line, parts.at(-1) ?? '', '"') : line;
  return text.split('\n').map(blank).join('\n');
}
