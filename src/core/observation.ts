// What was seen of a Milvus installation at one moment. Data only: who looks is a platform, who decides is plan.ts and verdict.ts.
import type { Cause } from './causes.js';
import { compareVersions, oldestVersion, parseImage, type Version } from './version.js';
import type { HiddenValues } from './values.js';

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
  readonly appVersion: string;
  readonly updatedAt: string;
  readonly description: string;
  readonly values: HiddenValues;
  readonly computedValues: HiddenValues;
  /** Names of the Deployments in the revision's manifest. */
  readonly deployments: readonly string[];
}

/** A Helm release: its newest revision, and the newest one that Helm finished, on which the next upgrade builds. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly latest: ReleaseRevision;
  readonly deployed: ReleaseRevision | null;
  /** The run that began the newest revision, by the label it left; empty when another hand did. */
  readonly startedBy: string;
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
  readonly values: HiddenValues;
  /** What its manifest asks for, by Deployment. */
  readonly images: Readonly<Record<string, string>>;
  /** The revision that the upgrade which began this one goes back to, by the label it left; null when no upgrade of ours began it. */
  readonly backTo: number | null;
}

/** Why a container of a pod does not run, as the kubelet says it. */
export interface WaitingContainer {
  readonly pod: string;
  readonly reason: string;
  readonly message: string;
}

/** One Milvus Deployment and its pods. Counts are pods. */
export interface Component {
  /** The Milvus role, from the label `component`: `proxy`, `querynode`, … */
  readonly role: string;
  readonly deployment: string;
  /** Image that the Deployment's template asks for; empty when only pods of a removed Deployment are left. */
  readonly templateImage: string;
  /** Images of the pods that exist, terminating ones included, each once. */
  readonly podImages: readonly string[];
  readonly wanted: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  /** Pods of an older template that are not terminating yet. */
  readonly outdated: number;
  readonly terminating: number;
  readonly restarts: number;
  readonly waiting: readonly WaitingContainer[];
  /** False while the Deployment controller has not looked at the newest spec. */
  readonly settledSpec: boolean;
  readonly paused: boolean;
  /** The Deployment's own word on failure, such as `ProgressDeadlineExceeded: …`; empty when it has none. */
  readonly failure: string;
  /** True when its present template came through once, whatever became of its pods since. */
  readonly arrived?: boolean;
}

export interface Etcd {
  readonly endpoints: readonly string[];
  readonly rootPath: string;
}

export interface Observation {
  readonly takenAt: string;
  readonly release: Release | null;
  readonly components: readonly Component[];
  /** Why Deployments do not go on, as far as it can be told by now; the most telling first. See diagnose.ts. */
  readonly causes: readonly Cause[];
  readonly topology: Topology;
  readonly messageQueue: MessageQueue;
  readonly metastore: Metastore;
  readonly etcd: Etcd;
}

/** True for a revision that `helm rollback` made, finished or not; Helm's own words (helm/pkg/action/rollback.go), and those with which release-lock.ts marks one. */
export function isRollback({ status, description }: Pick<ReleaseRevision, 'status' | 'description'>): boolean {
  return status === 'pending-rollback' || /^Rollback (to \d+|".*" failed)|left pending-rollback/.test(description);
}

/** Every image that runs in some pod, oldest version first and those without a version last, each once. Components scaled to zero count by their template. */
function runningImages(seen: Observation): string[] {
  const images = seen.components.flatMap((each) => (each.podImages.length > 0 ? each.podImages : [each.templateImage]));
  return [...new Set(images)].filter((image) => image !== '').sort(byVersion);
}

function byVersion(a: string, b: string): number {
  const [first, second] = [parseImage(a).version, parseImage(b).version];
  if (first && second) return compareVersions(first, second);
  return Number(first === null) - Number(second === null);
}

/** The image that the oldest version runs from; empty when nothing runs. */
export function oldestImage(seen: Observation): string {
  return runningImages(seen)[0] ?? '';
}

/** Every version that runs in some pod, oldest first, each once. */
export function runningVersions(seen: Observation): Version[] {
  const versions = runningImages(seen)
    .map((image) => parseImage(image).version)
    .filter((each) => each !== null);
  return versions.filter((each, at, all) => at === 0 || compareVersions(all[at - 1]!, each) !== 0);
}

/** Where the installation is: the oldest version that runs, from the pods' images, never from a label. Null when no image tells one. */
export function runningVersion(seen: Observation): Version | null {
  return oldestVersion(runningVersions(seen));
}

/** One line that says how far a component is, as a person would put it. */
export function describeComponent(each: Component): string {
  const parts = [`${each.ready} of ${each.wanted} ready`];
  if (each.updated < each.wanted) parts.push(`${each.updated} updated`);
  if (each.outdated > 0) parts.push(`${each.outdated} old`);
  if (each.terminating > 0) parts.push(`${each.terminating} terminating`);
  if (each.restarts > 0) parts.push(`${each.restarts} restarts`);
  const waiting = [...new Set(each.waiting.map((container) => container.reason))];
  return `${each.role}: ${[...parts, ...waiting].join(', ')}`;
}

/** True when every pod is new, ready and available, and no old one is left, terminating ones included. */
export function isSettled(each: Component): boolean {
  const whole = each.updated === each.wanted && each.ready === each.wanted && each.available >= each.wanted;
  return each.settledSpec && whole && each.outdated === 0 && each.terminating === 0;
}

/** True when the newest revision is deployed and every Deployment came through with it once: no upgrade is under way. */
export function hasArrived({ release, components }: Observation): boolean {
  return release?.latest.status === 'deployed' && components.every((each) => isSettled(each) || each.arrived === true);
}

/** The components that differ from those of an earlier look; one that vanished comes with all its counts at zero. */
export function componentChanges(before: Observation, after: Observation): Component[] {
  const known = new Map(before.components.map((each) => [keyOf(each), each]));
  const changed = after.components.filter((each) => JSON.stringify(known.get(keyOf(each))) !== JSON.stringify(each));
  const present = new Set(after.components.map(keyOf));
  const gone = before.components.filter((each) => !present.has(keyOf(each)));
  return [...changed, ...gone.map(emptied)];
}

function keyOf(each: Component): string {
  return `${each.role}/${each.deployment}`;
}

function emptied(each: Component): Component {
  return {
    ...each,
    templateImage: '',
    podImages: [],
    wanted: 0,
    updated: 0,
    ready: 0,
    available: 0,
    outdated: 0,
    terminating: 0,
    waiting: [],
    settledSpec: true,
    failure: '',
  };
}
