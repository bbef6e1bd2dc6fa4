// Opens the Helm platform: the door through which the Kubernetes client is loaded, and only when it is needed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Emit } from '../core/events.js';
import type { Goal } from '../core/goal.js';
import { connect, type Access } from './cluster.js';
import { Helm } from './helm.js';
import { KubernetesPlatform } from './kubernetes-platform.js';
import { readServerVersion } from './server-version.js';

export interface OpenOptions {
  readonly goal: Goal;
  readonly access: Access;
  readonly emit: Emit;
  readonly run: string;
  /** A folder that only this user can open. */
  readonly folder: string;
  /** Path of the helm program. */
  readonly program: string;
  readonly signal: AbortSignal;
}

export function openKubernetes({ goal, access, emit, run, folder, program, signal }: OpenOptions): KubernetesPlatform {
  const helmFolder = join(folder, 'helm');
  mkdirSync(helmFolder, { mode: 0o700 });
  const helm = new Helm({ program, folder: helmFolder, goal, access, emit, env: process.env, signal });
  return new KubernetesPlatform({ goal, access, emit, helm, run, valuesFolder: folder, signal });
}

/** Major and minor version of the server, such as `1.33`. */
export function serverVersion(access: Access): Promise<string> {
  return readServerVersion(connect(access));
}
