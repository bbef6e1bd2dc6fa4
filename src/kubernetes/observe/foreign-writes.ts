// Reports changes of Milvus Deployments by other clients while this run holds the lock. core/helm/foreign-write.ts
// decides which changes these are.
import type { V1Deployment, V1ManagedFieldsEntry } from '@kubernetes/client-node';
import type { ForeignWrite } from '../../core/model/foreign-write.js';
import { isRecord } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';
import { PAUSE_ANNOTATION, parsePauseRecord } from '../../core/rolling/pause-record.js';
import { foreignWriteBetween, type Writer, type WrittenSpec } from '../../core/helm/foreign-write.js';
import { milvusDeployments } from './milvus-objects.js';

export class ForeignWrites {
  readonly #release: string;
  readonly #found = new Map<string, ForeignWrite>();
  #last: ReadonlyMap<string, WrittenSpec> | null = null;
  constructor(release: string) {
    this.#release = release;
  }

  /** The lock is held: from now on, every change has to be one of this run. */
  begin(deployments: readonly V1Deployment[]): void {
    this.#last = this.#read(deployments);
  }

  /** Every change so far; it stays reported, because a later write of this run does not undo the work of the other. */
  see(deployments: readonly V1Deployment[]): readonly ForeignWrite[] {
    const last = this.#last;
    if (last === null) return [];
    this.#last = this.#read(deployments);
    for (const [name, now] of this.#last) {
      const before = last.get(name);
      const write = before ? foreignWriteBetween(before, now) : null;
      if (write && !this.#found.has(name)) this.#found.set(name, write);
    }
    return [...this.#found.values()];
  }

  #read(deployments: readonly V1Deployment[]): Map<string, WrittenSpec> {
    const read = milvusDeployments(this.#release, deployments).map(readSpec);
    return new Map(read.map((spec) => [spec.deployment, spec]));
  }
}

function readSpec({ metadata, spec }: V1Deployment): WrittenSpec {
  const { replicas: _scaled, ...rest } = { ...spec };
  const { name = '', uid = '', annotations = {}, managedFields = [] } = metadata ?? {};
  return {
    deployment: name,
    uid,
    spec: rest as unknown as Values,
    paused: spec?.paused === true,
    recorded: parsePauseRecord(annotations[PAUSE_ANNOTATION])?.state ?? null,
    writers: managedFields.filter(ownsSpec).map(readWriter),
  };
}

function readWriter({ manager = '', operation = '', apiVersion = '', time, fieldsV1 }: V1ManagedFieldsEntry): Writer {
  const spec: unknown = isRecord(fieldsV1) ? fieldsV1['f:spec'] : undefined;
  return { manager, key: `${manager}/${operation}/${apiVersion}`, at: timeOf(time), owned: fieldsOf(spec, 'spec') };
}

/** `f:name` is a field, `k:{…}` and `v:…` are items of a list, and `.` is the item itself (structured-merge-diff). */
function fieldsOf(fields: unknown, path: string): string[] {
  if (!isRecord(fields) || Object.keys(fields).length === 0) return [path];
  return Object.entries(fields).flatMap(([key, below]) =>
    key === '.' ? [] : fieldsOf(below, key.startsWith('f:') ? `${path}.${key.slice(2)}` : path),
  );
}

/** The subresources `status` and `scale` are written by controllers and autoscalers. */
function ownsSpec({ subresource, fieldsV1 }: V1ManagedFieldsEntry): boolean {
  const spec: unknown = isRecord(fieldsV1) ? fieldsV1['f:spec'] : undefined;
  return !subresource && isRecord(spec) && Object.keys(spec).some((field) => field !== 'f:replicas');
}

function timeOf(time: Date | string | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString().replace('.000Z', 'Z');
}
