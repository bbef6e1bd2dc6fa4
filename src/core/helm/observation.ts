// A snapshot of a Helm release. Data only: src/kubernetes takes it; the planner and the step evaluation read it.
import type { MigrationObservation } from '../migration/observation.js';
import type { RevisionPart } from './journal.js';
import { isSettled } from '../model/component.js';
import type { ChartDependency } from '../model/chart-dependency.js';
import type { ForeignWrite } from '../model/foreign-write.js';
import type { Manager, WithoutRelease } from '../model/manager.js';
import type { Loaded, SharedObservation } from '../model/shared-observation.js';
import type { Session } from '../model/session.js';
import type { SecretValues, Values } from '../model/values.js';

/** The Helm statuses that are relevant for an upgrade; helm/pkg/release/status.go lists all of them. */
export type ReleaseStatus =
  | 'deployed'
  | 'failed'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'
  | 'uninstalling'
  | 'superseded'
  | 'unknown';

/**
 * One revision of a Helm release. `values` are user-supplied; `computedValues` are merged over the defaults of the
 * chart.
 */
export interface ReleaseRevision {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly chartName: string;
  readonly chartVersion: string;
  /** The dependency that contains Milvus; absent or null if the chart itself contains it. */
  readonly dependency?: ChartDependency | null;
  readonly appVersion: string;
  readonly updatedAt: string;
  readonly description: string;
  readonly values: SecretValues;
  readonly computedValues: SecretValues;
  /** Names of the Deployments in the revision's manifest. */
  readonly deployments: readonly string[];
  /** The `strategy` of each Deployment in the manifest; absent if it has none. */
  readonly strategies?: Readonly<Record<string, Values>>;
}

/** A Helm release: its newest revision, and the newest completed one, which is the base of the next upgrade. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly latest: ReleaseRevision;
  readonly deployed: ReleaseRevision | null;
  /** The run that created the newest revision, from its label; empty if another client created it. */
  readonly startedBy: string;
  /**
   * True when another client created the newest revision while this run held the lock. Absent while the lock is not
   * held.
   */
  readonly isForeign?: boolean;
  /** Every revision that Helm still stores, newest first. */
  readonly history?: readonly PastRevision[];
}

/** The fields of a revision that a rollback needs. */
export interface PastRevision {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly chartVersion: string;
  readonly updatedAt: string;
  readonly description: string;
  readonly values: SecretValues;
  /** The images in its manifest, by Deployment. */
  readonly images: Readonly<Record<string, string>>;
  /**
   * The rollback target of the upgrade that created this revision, from its label; null if it was not created by an
   * upgrade of this action.
   */
  readonly backTo: number | null;
}

export interface HelmObservation extends SharedObservation {
  readonly platform: 'helm';
  readonly migration?: MigrationObservation<RevisionPart>;
  /** Null if the namespace contains no release with this name. */
  readonly release: Release | null;
  /** Programs besides Helm that manage the Deployments; absent if there is none. */
  readonly managers?: readonly Manager[];
  /** Milvus that runs under the name of the release without a Helm release. */
  readonly withoutRelease?: WithoutRelease | null;
  /** Changes of the Deployments by other clients while this run held the lock; absent if there is none. */
  readonly foreignWrites?: readonly ForeignWrite[];
  /** Sessions of pods that have ended in this run, if they were not revoked yet; absent if there is none. */
  readonly endedSessions?: readonly Session[];
  /** Whether the mounted configuration enables active-standby for every coordinator. */
  readonly standby?: boolean;
  /** Absent while no `drain` step waits for it. */
  readonly loaded?: Loaded;
}

/**
 * True for a revision that `helm rollback` created, finished or not, by the description of Helm
 * (helm/pkg/action/rollback.go) or of pending-release.ts.
 */
export function isRollback({ status, description }: Pick<ReleaseRevision, 'status' | 'description'>): boolean {
  return status === 'pending-rollback' || /^Rollback (to \d+|".*" failed)|left pending-rollback/.test(description);
}

/**
 * True if the newest revision is deployed and every Deployment has completed its rollout once: no upgrade is in
 * progress.
 */
export function isRolloutComplete({ release, components }: HelmObservation): boolean {
  return (
    release?.latest.status === 'deployed' &&
    components.every((component) => isSettled(component) || component.rolloutComplete === true)
  );
}
