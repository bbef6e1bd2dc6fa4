// Splits a stream of text, which may arrive in chunks, into the JSON values of its lines. Pure.

/** Far more than a burst of sessions needs. */
const MAX_LINE_LENGTH = 8 << 20;

export class JsonLines {
  #rest = '';

  /** The values of all complete lines. Throws if a line is not JSON or is too long. */
  add(text: string): unknown[] {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_LINE_LENGTH) throw new Error('a line is too long');
    return lines.filter((line) => line.trim() !== '').map((line): unknown => JSON.parse(line));
  }
}
