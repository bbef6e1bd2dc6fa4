// What the installation of helm and kubectl works with.
import type { Emit } from '../core/model/event.js';

export interface ToolOptions {
  readonly emit: Emit;
  /** For programs that no later step needs: the private directory of this run. */
  readonly directory: string;
  readonly signal: AbortSignal;
}
