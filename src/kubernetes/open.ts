// Opens the Helm platform: the door through which the Kubernetes client is loaded, and only when it is needed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Emit } from '../core/events.js';
import type { Goal } from '../core/goal.js';
import { openCluster, type Access } from './cluster.js';
import { Helm, helmMissing } from './helm.js';
import { KubernetesPlatform } from './kubernetes-platform.js';

export interface OpenOptions {
  readonly goal: Goal;
  readonly access: Access;
  readonly emit: Emit;
  readonly run: string;
  /** A folder that only this user can open. */
  readonly folder: string;
  /** Path of the helm program; empty when there is none. */
  readonly program: string;
  readonly signal: AbortSignal;
  /** Hides the secrets that are known from a text. */
  readonly clean: (text: string) => string;
}

/** Connects first, so that a login that does not work is told before anything else. */
export async function openKubernetes({ goal, access, emit, run, folder, program, signal, clean }: OpenOptions): Promise<KubernetesPlatform> {
  if (program === '') throw helmMissing();
  const cluster = await openCluster(access, signal);
  const helmFolder = join(folder, 'helm');
  mkdirSync(helmFolder, { mode: 0o700 });
  const helm = new Helm({ program, folder: helmFolder, goal, access, emit, env: process.env });
  return new KubernetesPlatform({ goal, cluster, emit, helm, run, valuesFolder: folder, signal, clean });
}
