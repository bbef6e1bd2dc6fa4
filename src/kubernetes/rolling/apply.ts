// Applies the steps of a rolling upgrade through the API server. Each is one patch for each Deployment that needs it;
// the others stay unchanged.
import { PatchStrategy, setHeaderOptions, type V1Deployment } from '@kubernetes/client-node';
import { isPausedFor } from '../../core/rolling/status.js';
import type { Component } from '../../core/model/component.js';
import type { Values } from '../../core/model/values.js';
import { EtcdError } from '../../etcd/etcd-error.js';
import { notRevoked } from '../../etcd/not-revoked.js';
import { apiError, isStatus } from '../client/api-error.js';
import { endLeaving, leaveService } from './leaving.js';
import { drainPatch, pauseRecordOf, pausePatch, restoreSettingsPatch, resumePatch, type Writer } from './patches.js';
import type { RollingTools } from './rolling-tools.js';
import type { DrainStep, PruneStep, RevokeSessionsStep, RollingStep } from '../../core/rolling/step.js';

const FIELD_MANAGER = 'milvus-upgrade';
const MAX_TRIES = 10;

/**
 * Applies one step of a rolling upgrade.
 *
 * Safe to repeat because: each patch is computed from the observation, and one that is already applied is not sent.
 * Fails when: the API server denies the request (`access-denied`, `command-failed`). A conflict is not a failure: the
 * next observation shows what remains.
 */
export async function applyRollingStep(step: RollingStep, tools: RollingTools): Promise<void> {
  const writer: Writer = { run: tools.run, now: new Date().toISOString() };
  if (step.kind === 'prune') return remove(step, tools);
  if (step.kind === 'revoke-sessions') return revoke(step, tools);
  if (step.kind === 'drain' && step.takeOver === 'drain') await drain(step, tools, writer);
  if (step.kind === 'restore-settings') await endLeaving(tools);
  for (const [deployment, patch] of patchesOf(step, tools, writer)) await send(deployment, patch, tools);
}

/** Sessions that cannot be revoked expire within a minute, so a failure is only reported. */
async function revoke({ sessions }: RevokeSessionsStep, tools: RollingTools): Promise<void> {
  const { revokeSessions, sessionsHandled, emit } = tools;
  try {
    await revokeSessions(sessions);
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    const addresses = sessions.map(({ address }) => address);
    emit({ type: 'warned', message: notRevoked(addresses, error) });
  }
  sessionsHandled(sessions);
}

/** A step that patches Deployments. */
type DeploymentStep = Exclude<RollingStep, PruneStep | RevokeSessionsStep>;

/** Once the Deployment is handed over, only the pods that left the Service are to be deleted. */
async function drain(step: DrainStep, tools: RollingTools, { now }: Writer): Promise<void> {
  const isOver = tools.observation.components.some(
    (component) => component.deployment === step.deployment && component.pauseRecord?.state === 'drained',
  );
  if (isOver) await endLeaving(tools, step.role);
  else await leaveService(step, tools, now);
}

function patchesOf(step: DeploymentStep, tools: RollingTools, writer: Writer): (readonly [V1Deployment, Values])[] {
  const { observation, deployments } = tools;
  const revision = observation.release?.latest.revision ?? 0;
  const chosen = deployments.flatMap((candidate) => {
    const component = observation.components.find(({ deployment }) => deployment === candidate.metadata?.name);
    return component && concerns(step, component) ? [candidate] : [];
  });
  return chosen.map((deployment) => {
    if (step.kind === 'pause') return [deployment, pausePatch(deployment, step.to, writer, revision)];
    if (step.kind === 'resume') return [deployment, resumePatch(deployment, step, writer)];
    if (step.kind === 'drain') return [deployment, drainPatch(deployment, writer)];
    return [
      deployment,
      restoreSettingsPatch(deployment, observation.release?.latest.strategies?.[deployment.metadata?.name ?? '']),
    ];
  });
}

function concerns(step: DeploymentStep, component: Component): boolean {
  if (step.kind === 'pause') return step.deployments.includes(component.deployment) && !isPausedFor(component, step);
  if (step.kind === 'restore-settings') return Boolean(component.pauseRecord);
  if (step.kind === 'drain' && component.pauseRecord?.state === 'drained') return false;
  return step.deployment === component.deployment || (step.deployment === '' && step.role === component.role);
}

async function send(deployment: V1Deployment, patch: Values, { cluster, namespace }: RollingTools): Promise<void> {
  const name = deployment.metadata?.name ?? '';
  let body: Values | undefined = patch;
  for (let tries = 0; body && tries < MAX_TRIES; tries += 1) {
    try {
      const request = { name, namespace, body, fieldManager: FIELD_MANAGER };
      await cluster.apps.patchNamespacedDeployment(request, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
      return;
    } catch (error) {
      if (isStatus(error, 404)) return;
      if (!isStatus(error, 409)) throw apiError(error, 'patch deployments', cluster.server);
      const newest = await readDeployment(name, { cluster, namespace });
      body = newest && forNewest(newest, deployment, patch);
    }
  }
}

/** Undefined if it was deleted in the meantime. */
async function readDeployment(
  name: string,
  { cluster, namespace }: Pick<RollingTools, 'cluster' | 'namespace'>,
): Promise<V1Deployment | undefined> {
  try {
    return await cluster.apps.readNamespacedDeployment({ name, namespace });
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw apiError(error, 'get deployments', cluster.server);
  }
}

/**
 * A conflict with a change of the status only, written by a controller, is ignored: the same patch applies to the
 * newest state.
 */
function forNewest(newest: V1Deployment, observation: V1Deployment, patch: Values): Values | undefined {
  if (newest.metadata?.generation !== observation.metadata?.generation) return undefined;
  return { ...patch, metadata: { ...(patch.metadata as Values), resourceVersion: newest.metadata?.resourceVersion } };
}

/** Only the observed one: a newer Deployment of the same name does not belong to this action. */
async function remove(
  { deployment: name }: PruneStep,
  { cluster, namespace, deployments }: RollingTools,
): Promise<void> {
  const deployment = deployments.find((candidate) => candidate.metadata?.name === name);
  const uid = deployment?.metadata?.uid;
  if (!deployment || !uid || !pauseRecordOf(deployment)) return;
  try {
    await cluster.apps.deleteNamespacedDeployment({
      name,
      namespace,
      body: { preconditions: { uid }, propagationPolicy: 'Background' },
    });
  } catch (error) {
    if (!isStatus(error, 404) && !isStatus(error, 409)) throw apiError(error, 'delete deployments', cluster.server);
  }
}
