// What was seen of a Milvus installation at one moment. Data only: who looks is a platform, who decides is plan.ts and verdict.ts.
import type { Cause } from './causes.js';
import { isPaused, isSettled, type Component } from './component.js';
import { compareVersions, oldestVersion, parseImage, type Version } from './version.js';
import type { Session } from './session.js';
import type { ProjectObservation } from './compose/seen.js';
import type { MigrationObservation } from './migration/seen.js';
import type { Manager, WithoutRelease } from './managers.js';
import type { ChartDependency } from './installed-chart.js';
import type { SecretValues, Values } from './values.js';

export type Topology = 'standalone' | 'separate-coordinators' | 'mixcoord' | 'streaming' | 'unknown';
export type MessageQueue = 'rocksmq' | 'natsmq' | 'pulsar' | 'kafka' | 'woodpecker' | 'unknown';
export type Metastore = 'etcd' | 'mysql' | 'unknown';

/** The Helm statuses that matter to an upgrade; helm/pkg/release/status.go names them all. */
export type ReleaseStatus = 'deployed' | 'failed' | 'pending-install' | 'pending-upgrade' | 'pending-rollback' | 'uninstalling' | 'superseded' | 'unknown';

/** One revision of a Helm release. `values` are those the user supplied; `computedValues` have the chart's defaults below them. */
export interface ReleaseRevision {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly chartName: string;
  readonly chartVersion: string;
  /** The dependency that Milvus comes from; absent or null where it comes from the chart itself. */
  readonly dependency?: ChartDependency | null;
  readonly appVersion: string;
  readonly updatedAt: string;
  readonly description: string;
  readonly values: SecretValues;
  readonly computedValues: SecretValues;
  /** Names of the Deployments in the revision's manifest. */
  readonly deployments: readonly string[];
  /** The `strategy` that the manifest gives to each Deployment; absent where it gives none. */
  readonly strategies?: Readonly<Record<string, Values>>;
}

/** A Helm release: its newest revision, and the newest one that Helm finished, on which the next upgrade builds. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly latest: ReleaseRevision;
  readonly deployed: ReleaseRevision | null;
  /** The run that began the newest revision, by the label it left; empty when another hand did. */
  readonly startedBy: string;
  /** True when another client created the newest revision while this run held the lock. Absent while the lock is not held. */
  readonly isForeign?: boolean;
  /** Every revision that Helm still holds, the newest one first. */
  readonly history?: readonly PastRevision[];
}

/** What a way back has to know of a revision. */
export interface PastRevision {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly chartVersion: string;
  readonly updatedAt: string;
  readonly description: string;
  readonly values: SecretValues;
  /** What its manifest asks for, by Deployment. */
  readonly images: Readonly<Record<string, string>>;
  /** The revision that the upgrade which began this one goes back to, by the label it left; null when no upgrade of ours began it. */
  readonly backTo: number | null;
}

export interface Etcd {
  readonly endpoints: readonly string[];
  readonly rootPath: string;
}

/** Collections that were loaded when the roll began: how many of them can be searched now. Null where nobody can be asked. */
export interface Loaded {
  readonly desired: number;
  readonly usable: number | null;
}

/** Milvus' sessions in etcd, or why they cannot be seen. */
export type Sessions = { readonly observation: readonly Session[] } | { readonly observation: null; readonly why: string };

export interface Observation {
  readonly takenAt: string;
  readonly release: Release | null;
  /** Only of a Docker Compose project, which has no release. */
  readonly project?: ProjectObservation;
  readonly components: readonly Component[];
  /** Programs beside Helm that manage the Deployments; absent where there is none. */
  readonly managers?: readonly Manager[];
  /** Milvus that runs under the name of the release while Helm has no record of it. */
  readonly withoutRelease?: WithoutRelease | null;
  /** Why Deployments do not go on, as far as it can be told by now; the most telling first. See diagnose.ts. */
  readonly causes: readonly Cause[];
  readonly topology: Topology;
  readonly messageQueue: MessageQueue;
  readonly metastore: Metastore;
  readonly etcd: Etcd;
  /** Whether the configuration that is mounted has active-standby on for every coordinator. */
  readonly standby?: boolean;
  /** Absent until a rolling upgrade asks for them. */
  readonly sessions?: Sessions;
  /** Absent until a migration asks for it. */
  readonly migration?: MigrationObservation;
  /** Absent while no hand-over waits for it. */
  readonly loaded?: Loaded;
}

/** True for a revision that `helm rollback` made, finished or not; Helm's own words (helm/pkg/action/rollback.go), and those with which release-lock.ts marks one. */
export function isRollback({ status, description }: Pick<ReleaseRevision, 'status' | 'description'>): boolean {
  return status === 'pending-rollback' || /^Rollback (to \d+|".*" failed)|left pending-rollback/.test(description);
}

/** Every image that runs in some pod, oldest version first and those without a version last, each once. Components scaled to zero count by their template. */
function runningImages(observation: Pick<Observation, 'components'>): string[] {
  const images = observation.components.flatMap((each) => (each.podImages.length > 0 ? each.podImages : [each.templateImage]));
  return [...new Set(images)].filter((image) => image !== '').sort(byVersion);
}

function byVersion(a: string, b: string): number {
  const [first, second] = [parseImage(a).version, parseImage(b).version];
  if (first && second) return compareVersions(first, second);
  return Number(first === null) - Number(second === null);
}

/** The image that the oldest version runs from; empty when nothing runs. */
export function oldestImage(observation: Observation): string {
  return runningImages(observation)[0] ?? '';
}

/** Every version that runs in some pod, oldest first, each once. */
export function runningVersions(observation: Pick<Observation, 'components'>): Version[] {
  const versions = runningImages(observation)
    .map((image) => parseImage(image).version)
    .filter((each) => each !== null);
  return versions.filter((each, at, all) => at === 0 || compareVersions(all[at - 1]!, each) !== 0);
}

/** Where the installation is: the oldest version that runs, from the pods' images, never from a label. Null when no image tells one. */
export function runningVersion(observation: Pick<Observation, 'components'>): Version | null {
  return oldestVersion(runningVersions(observation));
}

/** The newest version that some pod or template has: what it has written is there, whatever runs beside it. A Deployment that a roll holds back has not started its template. */
export function newestVersion({ components }: Pick<Observation, 'components'>): Version | null {
  const images = components.flatMap((each) => [...each.podImages, ...(isPaused(each) ? [] : [each.templateImage])]);
  const versions = images.map((image) => parseImage(image).version).filter((each) => each !== null);
  return versions.reduce<Version | null>((newest, each) => (newest && compareVersions(newest, each) >= 0 ? newest : each), null);
}

/** True when the newest revision is deployed and every Deployment came through with it once: no upgrade is under way. */
export function hasArrived({ release, components }: Observation): boolean {
  return release?.latest.status === 'deployed' && components.every((each) => isSettled(each) || each.arrived === true);
}
