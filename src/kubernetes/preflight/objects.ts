// Objects of any kind, by apiVersion and kind: the resource name in the API, and whether the API server accepts a
// change.
import { ApiException, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import type { KnownKind } from '../../core/checks/access.js';
import type { DryRunAnswer } from '../../core/checks/dry-run.js';
import {
  groupOf,
  isChanged,
  mergePatch,
  nameOfObject,
  type KubeObject,
  type ObjectPair,
} from '../../core/checks/manifest.js';
import { getRecord, valueAt } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';
import { messageOf } from '../client/api-error.js';
import type { Cluster } from '../client/cluster.js';

const FIELD_MANAGER = 'milvus-upgrade-preflight';
/** The maximum number of concurrent dry runs. */
const AT_ONCE = 8;

export class ObjectRequester {
  readonly #api: KubernetesObjectApi;
  readonly #namespace: string;
  constructor({ config }: Cluster, namespace: string) {
    this.#api = KubernetesObjectApi.makeApiClient(config);
    this.#namespace = namespace;
  }

  /**
   * The API resource for each kind of the objects; a kind that the cluster does not have is left out, and its dry run
   * fails.
   */
  async kindsOf(objects: readonly KubeObject[]): Promise<KnownKind[]> {
    const byVersion = new Map<string, Set<string>>();
    for (const { apiVersion, kind } of objects)
      byVersion.set(apiVersion, (byVersion.get(apiVersion) ?? new Set()).add(kind));
    const found = await Promise.all(
      [...byVersion].map(([apiVersion, kinds]) => this.#kindsOfVersion(apiVersion, [...kinds])),
    );
    return found.flat();
  }

  async #kindsOfVersion(apiVersion: string, kinds: readonly string[]): Promise<KnownKind[]> {
    const found: KnownKind[] = [];
    // Sequential: the first request also caches the answers for the others. `resource` is protected; the client itself
    // calls it before every request.
    for (const kind of kinds) {
      const resource = await this.#api['resource'](apiVersion, kind).catch(() => undefined);
      if (resource)
        found.push({
          apiVersion,
          kind,
          group: groupOf(apiVersion),
          resource: resource.name,
          clusterWide: !resource.namespaced,
        });
    }
    return found;
  }

  /**
   * Sends every object that is added or changed with dryRun=All: validation, defaults and admission run, nothing is
   * stored.
   */
  async dryRun(pairs: readonly ObjectPair[]): Promise<DryRunAnswer[]> {
    const waiting = pairs.filter((pair) => pair.after !== null && isChanged(pair));
    const answers: DryRunAnswer[] = [];
    const worker = async (): Promise<void> => {
      for (let pair = waiting.shift(); pair; pair = waiting.shift()) answers.push(await this.#send(pair));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return answers;
  }

  /** The labels of the existing object with this name; null if it cannot be read. */
  async labelsOf(object: KubeObject): Promise<Readonly<Record<string, string>> | null> {
    const found = await this.#api
      .read(this.#placed(object) as Parameters<KubernetesObjectApi['read']>[0])
      .catch(() => null);
    return found ? (found.metadata?.labels ?? {}) : null;
  }

  async #send({ before, after }: ObjectPair): Promise<DryRunAnswer> {
    const object = after!;
    const verb = before ? 'patch' : 'create';
    const answer = { object: nameOfObject(object), verb } as const;
    try {
      if (before)
        await this.#api.patch(
          this.#patchOf(before, object),
          undefined,
          'All',
          FIELD_MANAGER,
          undefined,
          PatchStrategy.MergePatch,
        );
      else await this.#api.create(this.#placed(object), undefined, 'All', FIELD_MANAGER);
      return { ...answer, status: 200, message: '' };
    } catch (error) {
      return { ...answer, ...readFailure(error) };
    }
  }

  #patchOf(before: KubeObject, after: KubeObject): KubeObject {
    const { apiVersion, kind, metadata } = after;
    const patch = withoutLeftovers(mergePatch(before, after), after);
    const place = { name: metadata.name, namespace: metadata.namespace ?? this.#namespace };
    return { ...patch, apiVersion, kind, metadata: { ...getRecord(patch.metadata), ...place } };
  }

  #placed(object: KubeObject): KubeObject {
    return { ...object, metadata: { namespace: this.#namespace, ...object.metadata } };
  }
}

/**
 * The server has defaulted `rollingUpdate`, and accepts no other strategy beside it; Helm's patch keeps only what is
 * written (patchStrategy retainKeys).
 */
function withoutLeftovers(patch: Values, after: KubeObject): Values {
  if (valueAt(patch, 'spec.strategy.type') === undefined || valueAt(after, 'spec.strategy.rollingUpdate') !== undefined)
    return patch;
  const spec = patch.spec as Values;
  return { ...patch, spec: { ...spec, strategy: { ...(spec.strategy as Values), rollingUpdate: null } } };
}

function readFailure(error: unknown): { status: number; message: string } {
  if (!(error instanceof ApiException))
    return { status: isMissingKind(error) ? 400 : 0, message: error instanceof Error ? error.message : String(error) };
  return { status: error.code, message: messageOf(error) || 'the API server gave no reason' };
}

/** The error of the client if the API server does not know the kind. */
function isMissingKind(error: unknown): boolean {
  return error instanceof Error && /Unrecognized API version and kind/.test(error.message);
}
