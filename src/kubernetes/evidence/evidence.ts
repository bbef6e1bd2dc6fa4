// The diagnostics of a failure: pods, events, logs and previous logs of everything that is not ready, in a directory.
// Collected before any rollback.
import type { CoreV1Event, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { pickHead, renderIndex, failingFirst, type Evidence } from '../../core/model/evidence.js';
import { maskObject, secretsInObject } from '../../core/redaction/mask-object.js';
import { isSettled } from '../../core/model/component.js';
import { makeRedactor, secretsOf } from '../../core/redaction/redact.js';
import { EvidenceRequests, within } from './requests.js';
import { EvidenceDirectory } from '../../runner/evidence-folder.js';
import { describePod, isFailing, savePodLogs } from './pods.js';
import { deploymentOf } from '../observe/milvus-objects.js';
import { readComponents } from '../observe/read-components.js';
import type { Collection, EvidencePlatform } from './collection.js';
import { renderHistory, renderEvents, inOrder, renderNode } from './listings.js';

const MAX_PODS_PER_COMPONENT = 5;
const MAX_PODS = 25;
const MAX_NODES = 5;
const MAX_EVENTS = 500;
/** The limit for everything: it must not delay the rollback or the user. */
const ALL_MILLISECONDS = 30_000;

/** Saves what is available within half a minute. Never throws; null if not even a directory could be created. */
export async function saveEvidence(platform: EvidencePlatform): Promise<Evidence | null> {
  try {
    const { release, namespace } = platform.config;
    const takenAt = new Date().toISOString();
    const directory = EvidenceDirectory.make(
      platform.config.evidencePath,
      `${namespace}-${release}-${takenAt.replace(/[:.]/g, '')}`,
    );
    const collection: Collection = {
      platform,
      directory,
      requests: new EvidenceRequests(),
      redact: cleaner(platform),
      stories: [],
    };
    await within(ALL_MILLISECONDS, Promise.race([collect(collection), cancelled(platform.signal)])).catch(
      (error: unknown) => collection.requests.missing.push(`the rest: ${String(error)}`),
    );
    const head = [...directory.notes, ...pickHead(collection.stories).map(collection.redact)];
    const missing = collection.requests.unanswered().map(collection.redact);
    const index = renderIndex({
      name: release,
      location: namespace,
      takenAt,
      head,
      missing,
      files: [...directory.files].sort((a, b) => (a.path < b.path ? -1 : 1)),
    });
    directory.write(['index.md'], 'this page', index);
    return { directory: directory.path, files: directory.files.map((file) => file.path).sort(), head };
  } catch {
    return null;
  }
}

function cancelled(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the run was cancelled')), { once: true });
  });
}

/**
 * Masks the secrets of the run, of all revisions of the release, and of the environment of its pods; longer ones first,
 * since one may begin another.
 */
function cleaner({ redact, deployments, pods, release }: EvidencePlatform): (text: string) => string {
  const redactor = makeRedactor();
  const secrets = [
    ...(release?.history ?? []).flatMap(({ values }) => secretsOf(values)),
    ...[...deployments, ...pods].flatMap(secretsInObject),
  ];
  for (const secret of [...new Set(secrets)].sort((a, b) => b.length - a.length)) redactor.addSecret(secret);
  return (text) => redactor.redact(redact(text));
}

async function collect(collection: Collection): Promise<void> {
  const { platform, directory, requests, redact } = collection;
  if (platform.release?.history)
    directory.write(
      ['helm-history.txt'],
      'the revisions of the release, without their values',
      redact(renderHistory(platform.release.history)),
    );
  const unsettled = readComponents(platform.config.release, platform.deployments, platform.pods).filter(
    (component) => !isSettled(component),
  );
  const failing = new Set(unsettled.map((component) => component.deployment));
  const { namespace } = platform.config;
  const events =
    (
      await requests.request('events', () =>
        platform.cluster.core.listNamespacedEvent({ namespace, limit: MAX_EVENTS }),
      )
    )?.items ?? [];
  directory.write(['events.txt'], 'the events of this namespace, oldest first', redact(renderEvents(events)));
  const pods = [...failing]
    .flatMap((name) =>
      failingFirst(
        platform.pods.filter((pod) => deploymentOf(pod) === name),
        isFailing,
        MAX_PODS_PER_COMPONENT,
      ),
    )
    .slice(0, MAX_PODS);
  // The most useful files first, in case time runs out: pods and their logs, then the objects around them.
  await Promise.all([
    ...pods.map((pod) => savePod(pod, events, collection)),
    saveDeployments(failing, collection),
    saveNodes(pods, collection),
  ]);
}

async function savePod(pod: V1Pod, events: readonly CoreV1Event[], collection: Collection): Promise<void> {
  const { directory, redact, stories } = collection;
  const name = pod.metadata?.name ?? '';
  const deployment = deploymentOf(pod);
  directory.write(
    [deployment, `${name}.yaml`],
    `pod ${name}: ${redact(describePod(pod))}`,
    redact(stringify(maskObject(pod))),
  );
  const own = inOrder(events.filter((event) => event.involvedObject.name === name && event.type === 'Warning')).map(
    ({ reason, message }) => `${reason}: ${message}`,
  );
  const logs = await savePodLogs(pod, collection);
  if (isFailing(pod)) stories.push({ deployment, pod: name, state: describePod(pod), events: own.map(redact), logs });
}

async function saveDeployments(
  names: ReadonlySet<string>,
  { platform, directory, requests, redact }: Collection,
): Promise<void> {
  const { namespace, release } = platform.config;
  const labelSelector = `app.kubernetes.io/instance=${release},component`;
  for (const deployment of platform.deployments.filter(({ metadata }) => names.has(metadata?.name ?? '')))
    directory.write(
      [deployment.metadata?.name ?? '', 'deployment.yaml'],
      'the Deployment',
      redact(stringify(maskObject(deployment))),
    );
  const sets =
    (
      await requests.request('replicasets', () =>
        platform.cluster.apps.listNamespacedReplicaSet({ namespace, labelSelector }),
      )
    )?.items ?? [];
  for (const name of names) {
    const own = sets.filter((set) => ownerOf(set) === name);
    if (own.length > 0)
      directory.write([name, 'replicasets.yaml'], `its ${own.length} ReplicaSets`, redact(stringify(maskObject(own))));
  }
}

function ownerOf({ metadata }: V1ReplicaSet): string {
  return metadata?.ownerReferences?.find((owner) => owner.kind === 'Deployment')?.name ?? '';
}

/** Nodes are cluster-wide: many users are not allowed to read them, which is recorded. */
async function saveNodes(pods: readonly V1Pod[], { platform, directory, requests, redact }: Collection): Promise<void> {
  const names = [...new Set(pods.map((pod) => pod.spec?.nodeName ?? ''))]
    .filter((name) => name !== '')
    .slice(0, MAX_NODES);
  const nodes = await Promise.all(
    names.map((name) => requests.request(`node ${name}`, () => platform.cluster.core.readNode({ name }))),
  );
  const descriptions = nodes.filter((node) => node !== null).map(renderNode);
  if (descriptions.length > 0)
    directory.write(['nodes.txt'], 'conditions of the nodes of these pods', redact(descriptions.join('\n\n')));
}
