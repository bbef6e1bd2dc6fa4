// What the steps of a Docker Compose project are applied with.
import type { ComposeObservation } from '../core/compose/observation.js';
import type { ComposeConfig } from '../core/config/config.js';
import type { Emit } from '../core/model/event.js';
import type { Docker } from './docker/docker.js';
import type { ToolRuns } from './migration/tool-runs.js';
import type { EtcdAddress, ProjectEtcd } from './project/etcd.js';
import type { StateDirectory } from './project/state-directory.js';

export interface ComposeTools {
  readonly docker: Docker;
  readonly config: ComposeConfig;
  readonly run: string;
  readonly observation: ComposeObservation;
  readonly stateDirectory: StateDirectory;
  readonly etcd: ProjectEtcd;
  readonly address: EtcdAddress;
  readonly tool: ToolRuns;
  readonly network: string;
  /**
   * Services that this run has started and not stopped, so that a container that exits unexpectedly can be detected.
   */
  readonly started: Set<string>;
  /** The sessions of these addresses could not be revoked: the migration waits until they expire. */
  readonly leaveToExpire: (addresses: readonly string[]) => void;
  readonly emit: Emit;
  /** Throws if the lock is lost. Called before each write that does not go through docker. */
  readonly prove: () => Promise<unknown>;
}
