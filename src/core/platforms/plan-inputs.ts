// What a plan is made from.
import type { PlatformName } from '../config/config.js';
import type { ConfigOf, ObservationOf, SourcesOf } from './types.js';

/** Reads from a source. Ends with the run; the error then names what it was waiting for. */
export type Read = <Result>(waitingFor: string, request: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;

/** What a plan is made from. */
export interface PlanInputs<P extends PlatformName> {
  readonly config: ConfigOf<P>;
  readonly observation: ObservationOf<P>;
  readonly sources: SourcesOf<P>;
  readonly read: Read;
}
