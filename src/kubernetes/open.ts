// Opens the Helm platform: the door through which the Kubernetes client is loaded, and only when it is needed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Emit } from '../core/events.js';
import type { Goal } from '../core/goal.js';
import type { Access, Cluster } from './cluster.js';
import { Helm } from './helm.js';
import { KubernetesPlatform } from './kubernetes-platform.js';
export { openCluster } from './connect.js';

export interface OpenOptions {
  readonly goal: Goal;
  readonly access: Access;
  readonly cluster: Cluster;
  readonly emit: Emit;
  readonly run: string;
  /** A folder that only this user can open. */
  readonly folder: string;
  /** Path of the helm program. */
  readonly program: string;
  readonly signal: AbortSignal;
  /** Hides the secrets that are known from a text. */
  readonly clean: (text: string) => string;
}

export function openKubernetes({ goal, access, cluster, emit, run, folder, program, signal, clean }: OpenOptions): KubernetesPlatform {
  const helmFolder = join(folder, 'helm');
  mkdirSync(helmFolder, { mode: 0o700 });
  const helm = new Helm({ program, folder: helmFolder, goal, access, emit, env: process.env, signal });
  return new KubernetesPlatform({ goal, cluster, emit, helm, run, valuesFolder: folder, signal, hide: access.hide, clean });
}
