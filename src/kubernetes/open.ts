// Opens the Helm platform. The Kubernetes client is loaded through this file only, and only when it is needed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Emit } from '../core/model/event.js';
import type { HelmConfig } from '../core/config/config.js';
import type { Cluster } from './client/cluster.js';
import type { Access } from '../core/config/access.js';
import { Helm } from './helm/helm.js';
import { KubernetesPlatform } from './platform.js';
export { openCluster } from './client/connect.js';

export interface OpenOptions {
  readonly config: HelmConfig;
  readonly access: Access;
  readonly cluster: Cluster;
  readonly emit: Emit;
  readonly run: string;
  /** A directory that only this user can access. */
  readonly directory: string;
  /** Path of the helm program. */
  readonly program: string;
  readonly signal: AbortSignal;
  /** Masks the known secrets in a text. */
  readonly redact: (text: string) => string;
}

export function openKubernetes({
  config,
  access,
  cluster,
  emit,
  run,
  directory,
  program,
  signal,
  redact,
}: OpenOptions): KubernetesPlatform {
  const helmDirectory = join(directory, 'helm');
  mkdirSync(helmDirectory, { mode: 0o700 });
  const helm = new Helm({ program, directory: helmDirectory, config, access, emit, env: process.env, signal });
  return new KubernetesPlatform({
    config,
    cluster,
    emit,
    helm,
    run,
    valuesDirectory: directory,
    signal,
    addSecret: access.addSecret,
    redact,
  });
}
