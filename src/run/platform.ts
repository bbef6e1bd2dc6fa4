// What a run needs of a platform. Kubernetes and Docker Compose each have one implementation.
import type { Duplex } from 'node:stream';
import type { PlatformName } from '../core/config/config.js';
import type { Evidence } from '../core/model/evidence.js';
import type { Preflight } from '../core/model/preflight.js';
import type { ObservationOf, PlanOf, SourcesOf, StepOf } from '../core/platforms/types.js';

/** A system that can be observed and changed. */
export interface StepPlatform<P extends PlatformName> {
  /** Returns the newest state; after `apply` it always includes the change of `apply`. Ends with the signal. */
  observe(signal?: AbortSignal): Promise<ObservationOf<P>>;
  /** Resolves at the next change, after this many milliseconds, or when the signal aborts. */
  waitForChange(withinMilliseconds: number, signal: AbortSignal): Promise<void>;
  /**
   * Requests the step once. Safe to repeat; returns when the request is accepted. Ends with the signal, except for a
   * program that must not be interrupted.
   */
  apply(step: StepOf<P>, signal: AbortSignal): Promise<void>;
}

/** A platform with checks, diagnostics and a lock. Each call ends with the given signal, or else with the run. */
export interface Platform<P extends PlatformName> extends StepPlatform<P> {
  /** What the planner reads beside the observation. */
  readonly sources: SourcesOf<P>;
  /** Runs every check that is possible before a change. Changes nothing. */
  preflight(plan: PlanOf<P>, signal?: AbortSignal): Promise<Preflight>;
  /**
   * Image probe: pulls and starts the target image where it will run, and removes its pods. Called with the lock held,
   * before the first change.
   */
  probeImages(plan: PlanOf<P>, signal?: AbortSignal): Promise<Preflight>;
  /** Saves the diagnostics of a failure; null if there are none. */
  saveEvidence(signal?: AbortSignal): Promise<Evidence | null>;
  /** Acquires the lock and removes what a terminated run has left, before the first change. */
  acquireLock(signal?: AbortSignal): Promise<void>;
  /** Opens a connection to this port of a Milvus process that clients connect to, as it was last observed. */
  dialMilvus(port: number, signal: AbortSignal): Promise<Duplex>;
  close(): Promise<void>;
}
