// Minimal Kubernetes objects for tests of the preflight.
import type { KubeObject } from '../../src/core/checks/manifest.js';
import type { Values } from '../../src/core/model/values.js';
import { mergeValues } from '../../src/core/model/values.js';
import { milvusWorkloads, type Workload } from '../../src/core/checks/workloads.js';

export function object(kind: string, name: string, more: Values = {}): KubeObject {
  const apiVersion = ['Deployment', 'StatefulSet'].includes(kind) ? 'apps/v1' : 'v1';
  return mergeValues({ apiVersion, kind, metadata: { name } }, more) as KubeObject;
}

export interface DeploymentOptions {
  readonly replicas?: number | null;
  readonly strategy?: Values;
  readonly resources?: Values;
  readonly image?: string;
  readonly pod?: Values;
}

export function deployment(
  role: string,
  { replicas = 1, strategy = {}, resources = {}, image = 'milvusdb/milvus:v2.2.12', pod = {} }: DeploymentOptions = {},
): KubeObject {
  const containers = [{ name: role, image, resources }];
  const spec = { ...(replicas === null ? {} : { replicas }), strategy, template: { spec: { containers, ...pod } } };
  return object('Deployment', `my-milvus-${role}`, { metadata: { labels: { component: role } }, spec });
}

export function workload(role: string, options: DeploymentOptions = {}): Workload {
  return milvusWorkloads([deployment(role, options)])[0]!;
}
