// Reads the bodies of answers within bounds: whole, or line by line as a watch gives them.

/** The body has more bytes than it may have. */
export class TooLargeError extends Error {}

/** The whole text. Throws TooLargeError as soon as it is longer than `maxBytes`, without keeping what came until then. */
export async function readText(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLargeError(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Each line that is whole, without its end and unless it is empty. What follows the last end of line was cut off and is left out. Linear in the length of a line. */
export async function* readLines(body: AsyncIterable<Uint8Array> | null, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    size += first.length;
    if (size > maxBytes) throw new TooLargeError(`a line of more than ${maxBytes} bytes`);
    parts.push(first);
    for (const next of others) {
      const line = parts.join('').trim();
      if (line !== '') yield line;
      parts = [next];
      size = next.length;
    }
  }
}
