// The connections of a proxy, each with its peer: what arrives at one is forwarded to the other.
import type { Socket } from 'node:net';

export class JoinedSockets {
  readonly #sockets = new Map<Socket, Socket>();
  #isFrozen = false;

  /** Forwards in one direction. The caller decides what an error or the end of `from` means for `to`. */
  add(from: Socket, to: Socket): void {
    this.#sockets.set(from, to);
    if (!this.#isFrozen) from.pipe(to);
    from.on('close', () => this.#sockets.delete(from));
  }

  /** From now on nothing is forwarded, without an error: simulates a network failure. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets.keys()) socket.unpipe();
  }

  /** Ends the network failure, and delivers delayed data, also of programs that have ended in the meantime. */
  thaw(): void {
    this.#isFrozen = false;
    for (const [from, to] of this.#sockets) from.pipe(to);
  }

  /** Closes every connection; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
