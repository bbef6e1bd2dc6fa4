// A secret string that is never printed: used for tokens and whole kubeconfigs.

/** A secret string: printing or serializing it does not reveal it. */
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
