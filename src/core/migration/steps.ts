// The steps of a metadata migration and of the way back from one, from where it stands. Pure: a run that was killed anywhere is planned anew from what is seen.
import type { Component } from '../component.js';
import type { Config } from '../goal.js';
import { LEASE_SECONDS } from '../rolling/judge.js';
import { oldestImage, type Observation } from '../observation.js';
import type { FinalizeStep, PrepareStep, MigrationJobStep, ScaleUpStep, ScaleDownStep } from './step-kinds.js';
import type { Step } from '../steps.js';
import { formatVersion, parseVersion, type Version } from '../version.js';
import type { Journal, JournalDraft } from './journal.js';
import { nextAttempt, standingOf, type JobKind, type MigrationObservation, type Standing } from './seen.js';

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
  /** Where a platform has a step of its own for it. */
  readonly start?: Step;
  readonly waitReady: Step;
}

/** The version from which a migration began that is half done; null where none is. */
export function halfMigratedFrom({ migration }: Observation): Version | null {
  return migration?.journal?.closed === false ? parseVersion(migration.journal.from) : null;
}

/** From the old version to the new one. */
export function migrationSteps({ config, observation, from, write, waitReady, start: ownStart }: Migration): Step[] {
  const { migration = NOTHING_OBSERVED, components } = observation;
  const standing = presentStanding(migration, components);
  const journal = journalFor({ config, observation, from });
  const start = [write, ownStart ?? startStep(config, journal), waitReady, finalizeStep(config)];
  if (standing.state === 'migrated') return start;
  if (standing.state === 'touched' && standing.running && standing.tries === 0) return [jobStep(config, 'migrate', standing.attempt), ...start];
  const attempt = standing.state === 'touched' ? standing.attempt + 1 : standing.attempt;
  const restore = standing.state === 'touched' ? [restoreStep(config, standing)] : [];
  return [prepare(config, journal), scaleDownStep(config), ...restore, jobStep(config, 'backup', attempt), jobStep(config, 'migrate', attempt), ...start];
}

/** Jobs that an earlier migration left say nothing of the metadata of today: only an open journal, written before the first of them, makes them this one's. */
function presentStanding(migration: MigrationObservation, components: readonly Component[]): Standing {
  return migration.journal?.closed === false ? standingOf(migration, components) : { state: 'untouched', attempt: nextAttempt(migration) };
}

export interface MigrationBack {
  readonly config: Config;
  readonly observation: Observation;
  readonly journal: Journal;
  /** Null where nothing was written since the journal. */
  readonly write: Step | null;
  readonly start?: Step;
  readonly waitReady: Step;
}

/** Back to the old version: what the tool has touched is restored first, while nothing runs. */
export function migrationBackSteps({ config, observation, journal, write, waitReady, start: ownStart }: MigrationBack): Step[] {
  const { migration = NOTHING_OBSERVED, components } = observation;
  const standing = standingOf(migration, components);
  // Begun again: whoever comes after a kill must see that something is under way. Everything is made ready while Milvus serves.
  const { run: _run, since: _since, ...draft } = journal;
  const ready = journal.closed ? [prepare(config, { ...draft, closed: false })] : [];
  const start = [...(write ? [write] : []), ownStart ?? startStep(config, journal), waitReady, finalizeStep(config)];
  if (standing.state === 'untouched') return start;
  // One that is still at work is awaited: a restore beside it would be undone.
  const awaited = standing.state === 'touched' && standing.running ? [awaitStep(config, standing.attempt)] : [];
  const restore = restoreStep(config, standing.state === 'touched' ? standing : { attempt: standing.attempt, tries: 0 });
  return [...awaited, ...ready, scaleDownStep(config), restore, ...start];
}

/** Starts what is stopped, waits until it serves, and records the end. */
export function endSteps(config: Config, { replicas }: Pick<Journal, 'replicas'>, waitReady: Step): Step[] {
  return [startStep(config, { replicas }), waitReady, finalizeStep(config)];
}

/** How many pods each Deployment has, or had before it was stopped. */
export function journalReplicas(observation: Observation): Readonly<Record<string, number>> {
  const known = observation.migration?.journal;
  if (known?.closed === false) return known.replicas;
  return Object.fromEntries(observation.components.filter((each) => each.deployment !== '').map(({ deployment, desired }) => [deployment, desired]));
}

/** What is there now, or, once something is stopped, what the journal says of it. A cluster at zero tells nothing. */
function journalFor({ config, observation, from }: Pick<Migration, 'config' | 'observation' | 'from'>): JournalDraft {
  const known = observation.migration?.journal;
  if (known?.closed === false) return known;
  const replicas = journalReplicas(observation);
  const { release, etcd } = observation;
  const now = { image: oldestImage(observation), revision: release?.latest.revision ?? 0, rootPath: config.migration.rootPath ?? etcd.rootPath, replicas };
  return { from: formatVersion(from), to: formatVersion(config.target), ...now, closed: false };
}

function prepare(config: Config, journal: PrepareStep['journal']): PrepareStep {
  return { kind: 'prepare', id: `prepare/${config.release}@${journal.from}`, timeoutSeconds: config.stepTimeoutSeconds, journal, mayBeBlind: isBlind(config) };
}

/** Shorter than a session may outlive its process, nothing could be seen to have stopped. */
const LEAST_STOP_SECONDS = LEASE_SECONDS * 2;

function isBlind({ skipChecks }: Config): boolean {
  return skipChecks.includes('etcd-sessions');
}

function scaleDownStep(config: Config): ScaleDownStep {
  return {
    kind: 'scale-down',
    id: `scale-down/${config.release}`,
    timeoutSeconds: Math.max(config.stepTimeoutSeconds, LEAST_STOP_SECONDS),
    revoke: config.migration.revokeSessions,
    mayBeBlind: isBlind(config),
  };
}

function jobStep(config: Config, kind: JobKind, attempt: number, number = 1): MigrationJobStep {
  const id = `${kind}/${config.release}#${attempt}${number > 1 ? `.${number}` : ''}`;
  return { kind, id, timeoutSeconds: config.stepTimeoutSeconds, attempt, number, mayFail: false };
}

/** A Job is ended at its deadline, `step-timeout` after it began; its pod is given some seconds more. */
const ENDING_SECONDS = 60;

function awaitStep(config: Config, attempt: number): MigrationJobStep {
  return { ...jobStep(config, 'migrate', attempt), timeoutSeconds: config.stepTimeoutSeconds + ENDING_SECONDS, mayFail: true };
}

function restoreStep(config: Config, { attempt, tries }: Pick<Standing & { state: 'touched' }, 'attempt' | 'tries'>): MigrationJobStep {
  return jobStep(config, 'restore', attempt, tries + 1);
}

function startStep(config: Config, { replicas }: Pick<Journal, 'replicas'>): ScaleUpStep {
  return { kind: 'scale-up', id: `scale-up/${config.release}`, timeoutSeconds: config.stepTimeoutSeconds, replicas };
}

function finalizeStep(config: Config): FinalizeStep {
  return { kind: 'finalize', id: `finalize/${config.release}`, timeoutSeconds: config.stepTimeoutSeconds };
}
