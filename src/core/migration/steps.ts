// The steps of a metadata migration and of its rollback, from the current state. Pure: after an interruption at any
// point, a run plans again from the observation.
import type { Component } from '../model/component.js';
import type { SharedConfig } from '../config/config.js';
import { LEASE_SECONDS } from '../rolling/drain-status.js';
import { oldestImage } from '../model/observation.js';
import type { FinalizeStep, PrepareStep, MigrationJobStep, MigrationStep, ScaleDownStep } from './step.js';
import { formatVersion, parseVersion, type Version } from '../model/version.js';
import type { Journal, JournalDraft } from './journal.js';
import { metadataStateOf, nextAttempt } from './observation.js';
import type { JobKind, MetadataState, MigrationObservation } from './observation.js';
import type { SharedObservation } from '../model/shared-observation.js';

const NOTHING_OBSERVED: MigrationObservation<never> = {
  journal: null,
  jobs: [],
  keeper: { state: 'none', reason: '' },
  stoppedSince: '',
  foreignSessionsSince: '',
  gone: [],
  hasServed: false,
};

/** The options that the steps of a migration depend on, and the name of the installation in their IDs. */
export type MigrationOptions = SharedConfig & { readonly name: string };

/** The steps of a platform within a migration. */
export interface Parts<S> {
  /** Writes the new version; null if there is nothing to write. */
  readonly write: S | null;
  /** Starts what was stopped, with the replicas in the journal. */
  readonly start: (replicas: Journal['replicas']) => S;
  readonly waitReady: S;
}

/** An observation of a platform whose journal has this part beside the shared fields. */
export type Observed<Part extends object> = SharedObservation & { readonly migration?: MigrationObservation<Part> };

export interface Migration<S, Part extends object> {
  readonly config: MigrationOptions;
  readonly observation: Observed<Part>;
  readonly from: Version;
  /** The part of the platform in the journal of a migration that begins now. */
  readonly part: Part;
  readonly parts: Parts<S>;
}

/** The source version of an incomplete migration; null if there is none. */
export function halfMigratedFrom({ migration }: SharedObservation): Version | null {
  return migration?.journal?.closed === false ? parseVersion(migration.journal.from) : null;
}

/** From the old version to the new one. */
export function migrationSteps<S, Part extends object>(inputs: Migration<S, Part>): (S | MigrationStep<Part>)[] {
  const { config, observation, parts } = inputs;
  const { migration = NOTHING_OBSERVED, components } = observation;
  const metadata = currentMetadataState(migration, components);
  const journal = journalFor(inputs);
  const start = endSteps(config, journal, parts);
  if (metadata.state === 'migrated') return start;
  if (metadata.state === 'touched' && metadata.running && metadata.tries === 0)
    return [jobStep(config, 'migrate', metadata.attempt), ...start];
  const attempt = metadata.state === 'touched' ? metadata.attempt + 1 : metadata.attempt;
  const restore = metadata.state === 'touched' ? [restoreStep(config, metadata)] : [];
  return [
    prepare(config, journal),
    scaleDownStep(config),
    ...restore,
    jobStep(config, 'backup', attempt),
    jobStep(config, 'migrate', attempt),
    ...start,
  ];
}

/**
 * Jobs of an earlier migration do not describe the current metadata: they belong to this migration only if an open
 * journal was written before the first of them.
 */
function currentMetadataState(migration: MigrationObservation, components: readonly Component[]): MetadataState {
  return migration.journal?.closed === false
    ? metadataStateOf(migration, components)
    : { state: 'untouched', attempt: nextAttempt(migration) };
}

export interface MigrationBack<S, Part extends object> {
  readonly config: MigrationOptions;
  readonly observation: SharedObservation;
  readonly journal: Journal & Part;
  readonly parts: Parts<S>;
}

/** Rolls back to the old version: metadata that the tool has changed is restored first, while nothing runs. */
export function migrationBackSteps<S, Part extends object>(back: MigrationBack<S, Part>): (S | MigrationStep<Part>)[] {
  const { config, observation, journal, parts } = back;
  const { migration = NOTHING_OBSERVED, components } = observation;
  const metadata = metadataStateOf(migration, components);
  // The journal is reopened so that a run after an interruption observes the rollback in progress. The preparation runs
  // while Milvus serves.
  const ready = journal.closed ? [prepare<Part>(config, { ...journal, closed: false })] : [];
  const start = endSteps(config, journal, parts);
  if (metadata.state === 'untouched') return start;
  // Wait for a migration job that still runs: it would overwrite a parallel restore.
  const awaited = metadata.state === 'touched' && metadata.running ? [awaitStep(config, metadata.attempt)] : [];
  const last = metadata.state === 'touched' ? metadata : { attempt: metadata.attempt, tries: 0 };
  return [...awaited, ...ready, scaleDownStep(config), restoreStep(config, last), ...start];
}

/** Writes and starts the version that is to serve, waits until it serves, and closes the journal. */
export function endSteps<S>(
  config: MigrationOptions,
  { replicas }: Pick<Journal, 'replicas'>,
  { write, start, waitReady }: Parts<S>,
): (S | FinalizeStep)[] {
  return [...(write ? [write] : []), start(replicas), waitReady, finalizeStep(config)];
}

/** The replicas of each Deployment, or its replicas before it was stopped. */
export function journalReplicas(observation: SharedObservation): Readonly<Record<string, number>> {
  const known = observation.migration?.journal;
  if (known?.closed === false) return known.replicas;
  return Object.fromEntries(
    observation.components
      .filter((component) => component.deployment !== '')
      .map(({ deployment, desired }) => [deployment, desired]),
  );
}

/**
 * The current state or, if a migration is open, its journal: the state before the stop cannot be observed in a stopped
 * cluster.
 */
function journalFor<Part extends object>(inputs: Migration<unknown, Part>): JournalDraft & Part {
  const { config, observation, from, part } = inputs;
  const known = observation.migration?.journal;
  if (known?.closed === false) return known;
  const replicas = journalReplicas(observation);
  const now = {
    image: oldestImage(observation),
    rootPath: config.migration.rootPath ?? observation.etcd.rootPath,
    replicas,
  };
  return { from: formatVersion(from), to: formatVersion(config.target), ...now, ...part, closed: false };
}

function prepare<Part extends object>(config: MigrationOptions, journal: JournalDraft & Part): PrepareStep<Part> {
  return {
    kind: 'prepare',
    id: `prepare/${config.name}@${journal.from}`,
    timeoutSeconds: config.stepTimeoutSeconds,
    journal,
    mayBeBlind: isBlind(config),
  };
}

/** With a timeout shorter than the lifetime of a session, the stop could not be verified. */
const MIN_STOP_SECONDS = LEASE_SECONDS * 2;

function isBlind({ skipChecks }: MigrationOptions): boolean {
  return skipChecks.includes('etcd-sessions');
}

function scaleDownStep(config: MigrationOptions): ScaleDownStep {
  return {
    kind: 'scale-down',
    id: `scale-down/${config.name}`,
    timeoutSeconds: Math.max(config.stepTimeoutSeconds, MIN_STOP_SECONDS),
    revoke: config.migration.revokeSessions,
    mayBeBlind: isBlind(config),
  };
}

function jobStep(config: MigrationOptions, kind: JobKind, attempt: number, number = 1): MigrationJobStep {
  const id = `${kind}/${config.name}#${attempt}${number > 1 ? `.${number}` : ''}`;
  return { kind, id, timeoutSeconds: config.stepTimeoutSeconds, attempt, number, mayFail: false };
}

/** A Job is terminated at its deadline, `step-timeout` after it began; its pod gets this additional time. */
const ENDING_SECONDS = 60;

function awaitStep(config: MigrationOptions, attempt: number): MigrationJobStep {
  return {
    ...jobStep(config, 'migrate', attempt),
    timeoutSeconds: config.stepTimeoutSeconds + ENDING_SECONDS,
    mayFail: true,
  };
}

function restoreStep(
  config: MigrationOptions,
  { attempt, tries }: Pick<MetadataState & { state: 'touched' }, 'attempt' | 'tries'>,
): MigrationJobStep {
  return jobStep(config, 'restore', attempt, tries + 1);
}

function finalizeStep(config: MigrationOptions): FinalizeStep {
  return { kind: 'finalize', id: `finalize/${config.name}`, timeoutSeconds: config.stepTimeoutSeconds };
}
