// The diagnostics that are being collected.
import type { EvidenceDirectory } from '../../runner/evidence-folder.js';
import type { EvidenceRequests } from './requests.js';
import type { PodStory } from '../../core/model/evidence.js';
import type { Cluster } from '../client/cluster.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { Release } from '../../core/helm/observation.js';

/** Where diagnostics are requested from and saved to, and how secrets are masked. */
export interface Collection {
  readonly platform: EvidencePlatform;
  readonly directory: EvidenceDirectory;
  readonly requests: EvidenceRequests;
  readonly redact: (text: string) => string;
  readonly stories: PodStory[];
}

export interface EvidencePlatform {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly redact: (text: string) => string;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly release: Release | null;
  /** A cancelled run has only seconds left: what is available by then is saved. */
  readonly signal: AbortSignal;
}
