// A snapshot of a Docker Compose project. Data only: src/compose takes it; the planner and the step evaluation read it.
import type { Version } from '../model/version.js';
import type { SecretString } from '../redaction/secret-string.js';
import { own } from '../lib/own.js';
import type { SecretValues } from '../model/values.js';
import type { SharedObservation } from '../model/shared-observation.js';
import type { ContainerObservation } from './containers.js';
import type { UnmanagedMilvus } from './unmanaged.js';
import type { ServiceSetup } from './service-setup.js';

/** A service of the project, as its files describe it, and its containers. */
export interface ServiceObservation {
  readonly name: string;
  /** The Milvus role; empty for services that are not part of Milvus. */
  readonly role: string;
  /** The role of a Milvus service that the input `services` leaves out. */
  readonly excludedRole?: string;
  /** As in the files, with variables interpolated. */
  readonly image: string;
  readonly containerName: string;
  readonly environment: SecretValues;
  /** The mounts in the files: source by destination. The source of a named volume is its name. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Configuration files and directories of Milvus that its command, or Compose, writes into each new container. */
  readonly writes: readonly string[];
  /** Services that are started before it. */
  readonly dependsOn: readonly string[];
  /** Seconds between SIGTERM and SIGKILL when a container is stopped. */
  readonly graceSeconds: number;
  readonly setup: ServiceSetup;
  readonly containers: readonly ContainerObservation[];
}

/** A file of the project. It may contain secrets. */
export interface ObservedFile {
  readonly kind: 'compose' | 'env';
  readonly path: string;
  readonly text: SecretString;
  /** Included or extended by another file, and not passed to Compose. */
  readonly isReferenced?: boolean;
  /** The directory that relative paths in it start from, if it is not the directory of the file. */
  readonly base?: string;
}

/** One mounted directory of Milvus. */
export interface DataDirectory {
  readonly service: string;
  readonly path: string;
  /** True if something in it is not writable by the user of the new image; null if it could not be read. */
  readonly isForeign: boolean | null;
  readonly kibibytes: number;
}

export interface ChangedOwner {
  readonly service: string;
  readonly path: string;
  readonly before: string;
  readonly now: string | null;
}

/**
 * Upgrade state that is recorded before the first change: the previous files and images. Removed when the upgrade is
 * complete.
 */
export interface UpgradeState {
  /** The run that started the upgrade, named as in the lock, and its start time; ISO 8601. */
  readonly run: string;
  readonly since: string;
  /** Versions, as `2.2.16`. */
  readonly from: string;
  readonly to: string;
  /** By service: the previous image and the desired one. */
  readonly images: Readonly<Record<string, { readonly before: string; readonly after: string }>>;
  /** Containers of the new version were requested: some of them may have run and been removed since. */
  readonly started?: boolean;
  /** Directories that get another owner: the previous one, and the current one, null while it is being changed. */
  readonly owners?: readonly ChangedOwner[];
  /** Files as they were before the first change. */
  readonly files: readonly { readonly path: string; readonly text: SecretString }[];
}

/** The result of a Milvus health request; `unknown` until one is sent. */
export interface Health {
  readonly state: 'unknown' | 'ok' | 'not-yet';
  /** The response, or why there is none; empty if the container is healthy. */
  readonly reason: string;
  /** Since when this run has only observed the container as healthy; ISO 8601. */
  readonly wellSince?: string;
}

/** The response of the proxy: whether the collections that were loaded before can be searched again. */
export interface Answer {
  readonly state: 'unknown' | 'ok' | 'not-yet';
  readonly reason: string;
}

export interface ProjectObservation {
  readonly name: string;
  readonly directory: string;
  readonly files: readonly ObservedFile[];
  /** Environment variables of this process; they take precedence over those of the files. */
  readonly environment: SecretValues;
  readonly services: readonly ServiceObservation[];
  readonly upgradeState: UpgradeState | null;
  /** Milvus that runs without Docker Compose; only read if the project has no container. */
  readonly unmanaged?: readonly UnmanagedMilvus[];
  /** By service whose image has no version: the version that it printed at its start, null if that is not certain. */
  readonly printedVersions?: Readonly<Record<string, Version | null>>;
  /** The data of Milvus; only read if an upgrade may change its owner. */
  readonly dataDirectories?: readonly DataDirectory[];
  /** Why no Milvus container can be reached; left out if they can. */
  readonly reachProblem?: string;
  /** By container ID. */
  readonly health: Readonly<Record<string, Health>>;
  readonly answer: Answer;
  /** Services that this run has started: if a container of them exits later, this run did not stop it. */
  readonly started: readonly string[];
  /** The last log lines of each exited container, by container ID. */
  readonly lastOutput: Readonly<Record<string, string>>;
}

export interface ComposeObservation extends SharedObservation {
  readonly platform: 'compose';
  readonly project: ProjectObservation;
}

export function milvusServices({ services }: Pick<ProjectObservation, 'services'>): ServiceObservation[] {
  return services.filter((service) => service.role !== '');
}

/**
 * The Milvus services that have a container, or had one when the upgrade began. The others are never started: one may
 * be a template for others, with the same data.
 */
export function liveServices({
  services,
  upgradeState,
}: Pick<ProjectObservation, 'services' | 'upgradeState'>): ServiceObservation[] {
  return milvusServices({ services }).filter(
    ({ name, containers }) => containers.length > 0 || own(upgradeState?.images ?? {}, name) !== undefined,
  );
}
