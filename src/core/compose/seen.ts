// What was seen of a Docker Compose project at one moment. Data only: who looks is src/compose, who decides is plan.ts and judge.ts.
import type { SecretString } from '../hidden-text.js';
import { own } from '../own.js';
import type { SecretValues } from '../values.js';
import type { ContainerObservation } from './containers.js';

/** A service of the project, as its files describe it, and its containers. */
export interface ServiceObservation {
  readonly name: string;
  /** The Milvus role; empty for what is no Milvus. */
  readonly role: string;
  /** As the files ask for it, variables filled in. */
  readonly image: string;
  readonly containerName: string;
  readonly environment: SecretValues;
  /** What is mounted, as the files ask for it: destination by destination. Named volumes by their name. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Files and directories of Milvus' configuration that its command, or Compose, writes into each new container. */
  readonly writes: readonly string[];
  /** Services that are started before it. */
  readonly dependsOn: readonly string[];
  /** Seconds that a container is given to end. */
  readonly graceSeconds: number;
  readonly containers: readonly ContainerObservation[];
}

/** A file that the project is made of. What is in it may be secret. */
export interface ObservedFile {
  readonly kind: 'compose' | 'env';
  readonly path: string;
  readonly text: SecretString;
  /** Named by another file, which includes or extends it, and not given to Compose. */
  readonly isReferenced?: boolean;
}

/** What an upgrade wrote down before it changed anything: what the files and images were. Removed when it has come to its end. */
export interface UpgradeState {
  /** The run that began, as the lock names it, and when; ISO 8601. */
  readonly run: string;
  readonly since: string;
  /** Versions, as `2.2.16`. */
  readonly from: string;
  readonly to: string;
  /** By service: what it ran, and what it is to run. */
  readonly images: Readonly<Record<string, { readonly before: string; readonly after: string }>>;
  /** Containers of the new version were asked for: those that are gone by now may have run. */
  readonly started?: boolean;
  /** Files as they were before the first change. */
  readonly files: readonly { readonly path: string; readonly text: SecretString }[];
}

/** What a container of Milvus says of itself: `unknown` while nobody has asked. */
export interface Health {
  readonly state: 'unknown' | 'ok' | 'not-yet';
  /** Its answer or why there is none; empty when it is well. */
  readonly reason: string;
  /** Since when this run has seen nothing else of it than that it is well; ISO 8601. */
  readonly wellSince?: string;
}

/** What the proxy answers to a real question: whether what was loaded before can be searched again. */
export interface Answer {
  readonly state: 'unknown' | 'ok' | 'not-yet';
  readonly reason: string;
}

export interface ProjectObservation {
  readonly name: string;
  readonly directory: string;
  readonly files: readonly ObservedFile[];
  /** Variables of this process, which go before those of the files. */
  readonly environment: SecretValues;
  readonly services: readonly ServiceObservation[];
  readonly notes: UpgradeState | null;
  /** By the id of a container. */
  readonly health: Readonly<Record<string, Health>>;
  readonly answer: Answer;
  /** Services that this run has started since it began: what ended after that ended by itself. */
  readonly started: readonly string[];
  /** The last lines that a container printed which has ended, by its id. */
  readonly lastOutput: Readonly<Record<string, string>>;
}

export function milvusServices({ services }: Pick<ProjectObservation, 'services'>): ServiceObservation[] {
  return services.filter((each) => each.role !== '');
}

/** The services of Milvus that have a container, or had one when an upgrade began. The others are never started: one may be a pattern for others, with their data. */
export function liveServices({ services, notes }: Pick<ProjectObservation, 'services' | 'notes'>): ServiceObservation[] {
  return milvusServices({ services }).filter(({ name, containers }) => containers.length > 0 || own(notes?.images ?? {}, name) !== undefined);
}
