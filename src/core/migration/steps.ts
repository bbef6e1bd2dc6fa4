// The steps of a metadata migration and of its rollback, from the current state. Pure: after an interruption at any
// point, a run plans again from the observation.
import type { Component } from '../model/component.js';
import type { Config } from '../config/config.js';
import { LEASE_SECONDS } from '../rolling/drain-status.js';
import { oldestImage, type Observation } from '../model/observation.js';
import type { FinalizeStep, PrepareStep, MigrationJobStep, ScaleUpStep, ScaleDownStep } from './step.js';
import type { Step } from '../model/step.js';
import { formatVersion, parseVersion, type Version } from '../model/version.js';
import type { Journal, JournalDraft } from './journal.js';
import { metadataStateOf, nextAttempt } from './observation.js';
import type { JobKind, MetadataState, MigrationObservation } from './observation.js';

const NOTHING_OBSERVED: MigrationObservation = {
  journal: null,
  jobs: [],
  keeper: { state: 'none', reason: '' },
  stoppedSince: '',
  foreignSessionsSince: '',
  gone: [],
  hasServed: false,
};

export interface Migration {
  readonly config: Config;
  readonly observation: Observation;
  readonly from: Version;
  /** Writes the new version. */
  readonly write: Step;
  /** Set if a platform has its own step for it. */
  readonly start?: Step;
  readonly waitReady: Step;
}

/** The source version of an incomplete migration; null if there is none. */
export function halfMigratedFrom({ migration }: Observation): Version | null {
  return migration?.journal?.closed === false ? parseVersion(migration.journal.from) : null;
}

/** From the old version to the new one. */
export function migrationSteps({ config, observation, from, write, waitReady, start: ownStart }: Migration): Step[] {
  const { migration = NOTHING_OBSERVED, components } = observation;
  const metadata = currentMetadataState(migration, components);
  const journal = journalFor({ config, observation, from });
  const start = [write, ownStart ?? startStep(config, journal), waitReady, finalizeStep(config)];
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

export interface MigrationBack {
  readonly config: Config;
  readonly observation: Observation;
  readonly journal: Journal;
  /** Null if nothing was written since the journal. */
  readonly write: Step | null;
  readonly start?: Step;
  readonly waitReady: Step;
}

/** Rolls back to the old version: metadata that the tool has changed is restored first, while nothing runs. */
export function migrationBackSteps({
  config,
  observation,
  journal,
  write,
  waitReady,
  start: ownStart,
}: MigrationBack): Step[] {
  const { migration = NOTHING_OBSERVED, components } = observation;
  const metadata = metadataStateOf(migration, components);
  // The journal is reopened so that a run after an interruption observes the rollback in progress. The preparation runs
  // while Milvus serves.
  const { run: _run, since: _since, ...draft } = journal;
  const ready = journal.closed ? [prepare(config, { ...draft, closed: false })] : [];
  const start = [...(write ? [write] : []), ownStart ?? startStep(config, journal), waitReady, finalizeStep(config)];
  if (metadata.state === 'untouched') return start;
  // Wait for a migration job that still runs: it would overwrite a parallel restore.
  const awaited = metadata.state === 'touched' && metadata.running ? [awaitStep(config, metadata.attempt)] : [];
  const restore = restoreStep(
    config,
    metadata.state === 'touched' ? metadata : { attempt: metadata.attempt, tries: 0 },
  );
  return [...awaited, ...ready, scaleDownStep(config), restore, ...start];
}

/** Scales up what is stopped, waits until it serves, and closes the journal. */
export function endSteps(config: Config, { replicas }: Pick<Journal, 'replicas'>, waitReady: Step): Step[] {
  return [startStep(config, { replicas }), waitReady, finalizeStep(config)];
}

/** The replicas of each Deployment, or its replicas before it was stopped. */
export function journalReplicas(observation: Observation): Readonly<Record<string, number>> {
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
function journalFor({ config, observation, from }: Pick<Migration, 'config' | 'observation' | 'from'>): JournalDraft {
  const known = observation.migration?.journal;
  if (known?.closed === false) return known;
  const replicas = journalReplicas(observation);
  const { release, etcd } = observation;
  const now = {
    image: oldestImage(observation),
    revision: release?.latest.revision ?? 0,
    rootPath: config.migration.rootPath ?? etcd.rootPath,
    replicas,
  };
  return { from: formatVersion(from), to: formatVersion(config.target), ...now, closed: false };
}

function prepare(config: Config, journal: PrepareStep['journal']): PrepareStep {
  return {
    kind: 'prepare',
    id: `prepare/${config.release}@${journal.from}`,
    timeoutSeconds: config.stepTimeoutSeconds,
    journal,
    mayBeBlind: isBlind(config),
  };
}

/** With a timeout shorter than the lifetime of a session, the stop could not be verified. */
const MIN_STOP_SECONDS = LEASE_SECONDS * 2;

function isBlind({ skipChecks }: Config): boolean {
  return skipChecks.includes('etcd-sessions');
}

function scaleDownStep(config: Config): ScaleDownStep {
  return {
    kind: 'scale-down',
    id: `scale-down/${config.release}`,
    timeoutSeconds: Math.max(config.stepTimeoutSeconds, MIN_STOP_SECONDS),
    revoke: config.migration.revokeSessions,
    mayBeBlind: isBlind(config),
  };
}

function jobStep(config: Config, kind: JobKind, attempt: number, number = 1): MigrationJobStep {
  const id = `${kind}/${config.release}#${attempt}${number > 1 ? `.${number}` : ''}`;
  return { kind, id, timeoutSeconds: config.stepTimeoutSeconds, attempt, number, mayFail: false };
}

/** A Job is terminated at its deadline, `step-timeout` after it began; its pod gets this additional time. */
const ENDING_SECONDS = 60;

function awaitStep(config: Config, attempt: number): MigrationJobStep {
  return {
    ...jobStep(config, 'migrate', attempt),
    timeoutSeconds: config.stepTimeoutSeconds + ENDING_SECONDS,
    mayFail: true,
  };
}

function restoreStep(
  config: Config,
  { attempt, tries }: Pick<MetadataState & { state: 'touched' }, 'attempt' | 'tries'>,
): MigrationJobStep {
  return jobStep(config, 'restore', attempt, tries + 1);
}

function startStep(config: Config, { replicas }: Pick<Journal, 'replicas'>): ScaleUpStep {
  return { kind: 'scale-up', id: `scale-up/${config.release}`, timeoutSeconds: config.stepTimeoutSeconds, replicas };
}

function finalizeStep(config: Config): FinalizeStep {
  return { kind: 'finalize', id: `finalize/${config.release}`, timeoutSeconds: config.stepTimeoutSeconds };
}
