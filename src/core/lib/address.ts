// Parses addresses such as `10.244.0.12:21123`, `[fd00::12]:21123` and `https://my-etcd`. Pure.

export interface Address {
  /** In lower case; empty without one. */
  readonly scheme: string;
  /** A name or an IP address, as written; an IPv6 address without its brackets. */
  readonly host: string;
  /** Null without one. */
  readonly port: number | null;
}

const ADDRESS = /^(?:(?<scheme>[a-z]+):\/\/)?(?:\[(?<bracketed>[^\][]+)\]|(?<plain>[^:/[\]]+))(?::(?<port>\d+))?\/?$/i;

/**
 * Null if the text is not an address. That includes an IPv6 address without brackets: its last group could be a port.
 */
export function parseAddress(text: string): Address | null {
  const { scheme = '', bracketed, plain = '', port } = ADDRESS.exec(text.trim())?.groups ?? {};
  const host = bracketed ?? plain;
  return host === '' ? null : { scheme: scheme.toLowerCase(), host, port: port === undefined ? null : Number(port) };
}

/** The host of an address; the whole text if it is not an address, such as an IPv6 address without brackets. */
export function hostOf(address: string): string {
  return parseAddress(address)?.host ?? address;
}
