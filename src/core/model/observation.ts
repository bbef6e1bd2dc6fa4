// The observed state of a Milvus installation at one time. Data only: the platforms observe, the planner and the
// evaluation of steps decide.
import type { Cause } from './cause.js';
import { isPaused, isSettled, type Component } from './component.js';
import { compareVersions, oldestVersion, parseImage, type Version } from './version.js';
import type { Session } from './session.js';
import type { ProjectObservation } from '../compose/observation.js';
import type { MigrationObservation } from '../migration/observation.js';
import type { SecretValues, Values } from './values.js';
import type { Manager, WithoutRelease } from './manager.js';
import type { ChartDependency } from './chart-dependency.js';
import type { ForeignWrite } from './foreign-write.js';

export type Topology = 'standalone' | 'separate-coordinators' | 'mixcoord' | 'streaming' | 'unknown';
export type MessageQueue = 'rocksmq' | 'natsmq' | 'pulsar' | 'kafka' | 'woodpecker' | 'unknown';
export type Metastore = 'etcd' | 'mysql' | 'unknown';

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

export interface Etcd {
  readonly endpoints: readonly string[];
  readonly rootPath: string;
}

/**
 * Collections that were loaded at the start of the rolling upgrade, and how many of them can be searched now. Null if
 * this cannot be queried.
 */
export interface Loaded {
  readonly desired: number;
  readonly usable: number | null;
}

/** The sessions of Milvus in etcd, or why they cannot be read. */
export type Sessions = { readonly list: readonly Session[] } | { readonly list: null; readonly why: string };

export interface Observation {
  readonly takenAt: string;
  readonly release: Release | null;
  /** Only for a Docker Compose project, which has no release. */
  readonly project?: ProjectObservation;
  readonly components: readonly Component[];
  /** Programs besides Helm that manage the Deployments; absent if there is none. */
  readonly managers?: readonly Manager[];
  /** Milvus that runs under the name of the release without a Helm release. */
  readonly withoutRelease?: WithoutRelease | null;
  /** Changes of the Deployments by other clients while this run held the lock; absent if there is none. */
  readonly foreignWrites?: readonly ForeignWrite[];
  /** Why Deployments make no progress, as far as known; the most relevant first. See diagnose.ts. */
  readonly causes: readonly Cause[];
  readonly topology: Topology;
  readonly messageQueue: MessageQueue;
  readonly metastore: Metastore;
  readonly etcd: Etcd;
  /** Whether the mounted configuration enables active-standby for every coordinator. */
  readonly standby?: boolean;
  /** Absent until a rolling upgrade requests them. */
  readonly sessions?: Sessions;
  /** Absent until a migration requests it. */
  readonly migration?: MigrationObservation;
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
 * Every image of the pods, oldest version first and those without a version last, without duplicates. Components with 0
 * replicas count with the image of their template.
 */
function runningImages(observation: Pick<Observation, 'components'>): string[] {
  const images = observation.components.flatMap((component) =>
    component.podImages.length > 0 ? component.podImages : [component.templateImage],
  );
  return [...new Set(images)].filter((image) => image !== '').sort(byVersion);
}

function byVersion(a: string, b: string): number {
  const [first, second] = [parseImage(a).version, parseImage(b).version];
  if (first && second) return compareVersions(first, second);
  return Number(first === null) - Number(second === null);
}

/** The image of the oldest running version; empty if nothing runs. */
export function oldestImage(observation: Observation): string {
  return runningImages(observation)[0] ?? '';
}

/** Every running version, oldest first, without duplicates. */
export function runningVersions(observation: Pick<Observation, 'components'>): Version[] {
  const versions = runningImages(observation)
    .map((image) => parseImage(image).version)
    .filter((version) => version !== null);
  return versions.filter((version, at, all) => at === 0 || compareVersions(all[at - 1]!, version) !== 0);
}

/**
 * The current version of the installation: the oldest running version, from the images of the pods, never from a label.
 * Null if no image contains one.
 */
export function runningVersion(observation: Pick<Observation, 'components'>): Version | null {
  return oldestVersion(runningVersions(observation));
}

/**
 * The newest version of any pod or template, because it may have written data. The template of a Deployment that a
 * rolling upgrade has paused is not started and does not count.
 */
export function newestVersion({ components }: Pick<Observation, 'components'>): Version | null {
  const images = components.flatMap((component) => [
    ...component.podImages,
    ...(isPaused(component) ? [] : [component.templateImage]),
  ]);
  const versions = images.map((image) => parseImage(image).version).filter((version) => version !== null);
  return versions.reduce<Version | null>(
    (newest, version) => (newest && compareVersions(newest, version) >= 0 ? newest : version),
    null,
  );
}

/**
 * True if the newest revision is deployed and every Deployment has completed its rollout once: no upgrade is in
 * progress.
 */
export function isRolloutComplete({ release, components }: Observation): boolean {
  return (
    release?.latest.status === 'deployed' &&
    components.every((component) => isSettled(component) || component.rolloutComplete === true)
  );
}
