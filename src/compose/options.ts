// The options of the Docker Compose platform, set by the run that opens it.
import type { Emit } from '../core/model/event.js';
import type { ComposeConfig } from '../core/config/config.js';
import type { Docker } from './docker/docker.js';
import type { ComposeProjectPlace } from './docker/find-compose.js';

export interface ComposeOptions {
  readonly docker: Docker;
  readonly place: ComposeProjectPlace;
  readonly project: string;
  readonly config: ComposeConfig;
  readonly emit: Emit;
  /** The name of this run in the lock and in the upgrade state. */
  readonly run: string;
  readonly addSecret: (secret: string) => void;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}
