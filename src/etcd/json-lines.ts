// Cuts a stream of text into the JSON values of its lines, which may come in pieces. Pure.

/** Far above what a burst of sessions needs. */
const LONGEST = 8 << 20;

export class JsonLines {
  #rest = '';

  /** The values that are whole by now. Throws on a line that is no JSON, or without end. */
  add(text: string): unknown[] {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST) throw new Error('a line without end');
    return lines.filter((each) => each.trim() !== '').map((each): unknown => JSON.parse(each));
  }
}
