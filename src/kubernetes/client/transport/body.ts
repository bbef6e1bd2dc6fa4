// Reads the bodies of responses up to a size limit: as a whole, or line by line for a watch.

/** The body has more bytes than allowed. */
export class TooLargeError extends Error {}

/** The whole text. Throws TooLargeError as soon as it is longer than `maxBytes`, and discards what was received. */
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

/**
 * Each complete line, without its end and unless it is empty. Text after the last end of line is incomplete and
 * omitted. Linear in the length of a line.
 */
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
