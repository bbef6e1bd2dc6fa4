// The observation of a release that is expected once a plan is complete, so that the next upgrade of a path can be
// planned before the first change. Pure.
import { SWITCHES } from '../knowledge/rolling-orders.js';
import { valueAt } from '../lib/json.js';
import type { Component } from '../model/component.js';
import { computeValues, mergeValues, SecretValues, type Values } from '../model/values.js';
import { topologyAfter } from '../rolling/order.js';
import type { HelmObservation, PastRevision, Release, ReleaseRevision } from './observation.js';
import type { HelmPlan, HelmUpgradeStep } from './step.js';

/** `defaults` are those of the chart of the plan. */
export function afterPlan(observation: HelmObservation, plan: HelmPlan, defaults: Values): HelmObservation {
  const step = plan.steps.find(({ kind }) => kind === 'helm-upgrade');
  const { release } = observation;
  if (!release || step?.kind !== 'helm-upgrade') return observation;
  const base = release.deployed ?? release.latest;
  const values = mergeValues(base.values.reveal(), step.values.reveal());
  const computed = computeValues(defaults, values);
  const milvus = milvusValues(computed, base);
  const components = componentsAfter(observation, plan.image, milvus);
  const { migration: _migration, foreignWrites: _writes, sessions: _sessions, loaded: _loaded, ...rest } = observation;
  return {
    ...rest,
    components,
    causes: [],
    topology: milvus ? topologyOf(milvus, observation) : observation.topology,
    release: releaseAfter(release, { step, values, computed, components, plan }),
  };
}

/** Null for an umbrella chart, whose defaults for Milvus are not known; its components do not change. */
function milvusValues(computed: Values, { dependency }: ReleaseRevision): Values | null {
  return dependency || valueAt(computed, 'cluster.enabled') === undefined ? null : computed;
}

function topologyOf(values: Values, { topology }: HelmObservation): HelmObservation['topology'] {
  return topology === 'unknown' ? topology : topologyAfter(values);
}

/** Every remaining Deployment is complete with the new image; the values decide which ones are added and removed. */
function componentsAfter({ components }: HelmObservation, image: string, values: Values | null): readonly Component[] {
  const there = components.filter(({ deployment }) => deployment !== '');
  const isSwitched = (role: string, value: boolean): boolean =>
    values !== null && valueAt(values, SWITCHES[role] ?? '') === value;
  const stays = there.filter(({ role }) => !isSwitched(role, false)).map((component) => complete(component, image));
  const [like] = stays.length > 0 ? stays : there;
  const isCluster = values !== null && valueAt(values, 'cluster.enabled') === true;
  const added = Object.keys(SWITCHES).filter(
    (role) => isCluster && isSwitched(role, true) && there.every((component) => component.role !== role),
  );
  return [...stays, ...(like ? added.map((role) => addedLike(like, role, image)) : [])];
}

function complete({ pauseRecord: _, ...component }: Component, image: string): Component {
  const desired = Math.max(component.desired, 1);
  return {
    ...component,
    templateImage: image,
    podImages: [image],
    desired,
    updated: desired,
    ready: desired,
    available: desired,
    outdated: 0,
    terminating: 0,
    waiting: [],
    settledSpec: true,
    rolloutComplete: true,
    paused: false,
    failure: '',
    pods: [],
  };
}

function addedLike(like: Component, role: string, image: string): Component {
  const name = like.deployment.endsWith(like.role)
    ? like.deployment.slice(0, -like.role.length)
    : `${like.deployment}-`;
  return {
    ...complete(like, image),
    role,
    deployment: `${name}${role}`,
    desired: 1,
    updated: 1,
    ready: 1,
    available: 1,
  };
}

interface Written {
  readonly step: HelmUpgradeStep;
  readonly values: Values;
  readonly computed: Values;
  readonly components: readonly Component[];
  readonly plan: HelmPlan;
}

function releaseAfter(release: Release, { step, values, computed, components, plan }: Written): Release {
  const deployments = components.map(({ deployment }) => deployment);
  const latest: ReleaseRevision = {
    ...release.latest,
    revision: release.latest.revision + 1,
    status: 'deployed',
    chartVersion: step.chartVersion,
    description: '',
    values: new SecretValues(values),
    computedValues: new SecretValues(computed),
    deployments,
  };
  const past: PastRevision = {
    revision: latest.revision,
    status: 'deployed',
    chartVersion: latest.chartVersion,
    updatedAt: latest.updatedAt,
    description: '',
    values: latest.values,
    images: Object.fromEntries(deployments.map((name) => [name, plan.image])),
    backTo: release.latest.revision,
  };
  return { ...release, latest, deployed: latest, history: [past, ...(release.history ?? [])] };
}
