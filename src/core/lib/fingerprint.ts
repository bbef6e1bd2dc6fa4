// A short fingerprint of a text for names: FNV-1a, 64 bits. It keeps names distinct, and is not for security. Pure.

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * 10 characters, `a-z` and `0-9`: 50 bits. Must never change, because later runs look up names that were made with it.
 */
export function fingerprint(text: string): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(36).padStart(13, '0').slice(-10);
}
