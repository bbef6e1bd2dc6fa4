// What a run needs of a platform. Kubernetes and Docker Compose each have one implementation.
import type { Observation } from '../core/model/observation.js';
import type { Step, Plan } from '../core/model/step.js';
import type { CatalogueEntry } from '../core/helm/chart-choice.js';
import type { Values } from '../core/model/values.js';
import type { Preflight } from '../core/model/preflight.js';
import type { Evidence } from '../core/model/evidence.js';

/** A system that can be observed and changed. */
export interface StepPlatform {
  /** Returns the newest state; after `apply` it always includes the change of `apply`. Ends with the signal. */
  observe(signal?: AbortSignal): Promise<Observation>;
  /** Resolves at the next change, after this many milliseconds, or when the signal aborts. */
  waitForChange(withinMilliseconds: number, signal: AbortSignal): Promise<void>;
  /**
   * Requests the step once. Safe to repeat; returns when the request is accepted. Ends with the signal, except for a
   * program that must not be interrupted.
   */
  apply(step: Step, signal: AbortSignal): Promise<void>;
}

/** A platform with the charts on offer and a lock. Each call ends with the given signal, or else with the run. */
export interface Platform extends StepPlatform {
  charts(signal?: AbortSignal): Promise<readonly CatalogueEntry[]>;
  chartDefaults(version: string, signal?: AbortSignal): Promise<Values>;
  /** Runs every check that is possible before a change. Changes nothing. */
  preflight(plan: Plan, signal?: AbortSignal): Promise<Preflight>;
  /**
   * Image probe: pulls and starts the target image where it will run, and removes its pods. Called with the lock held,
   * before the first change.
   */
  probeImages(plan: Plan, signal?: AbortSignal): Promise<Preflight>;
  /** Saves the diagnostics of a failure; null if there are none. */
  saveEvidence(signal?: AbortSignal): Promise<Evidence | null>;
  /** Acquires the lock and removes what a terminated run has left, before the first change. */
  acquireLock(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
