// A text that keeps itself out of every print: tokens and whole kubeconfigs travel in it.

/** Text that must not be shown: no way of printing or serialising it reveals it. */
export class SecretString {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toJSON(): string {
    return '***';
  }
  toString(): string {
    return '***';
  }
}
