// What an edit of images is planned for. Pure.
import type { ProjectFile, Environment } from './project.js';
import type { Splice } from './splice.js';

export interface EditRequest {
  readonly files: readonly ProjectFile[];
  /** By service: the desired image reference. */
  readonly images: Readonly<Record<string, string>>;
  /**
   * The environment variables of the shell; they take precedence over env files
   * (docs.docker.com/compose/how-tos/environment-variables/envvars-precedence).
   */
  readonly environment: Environment;
}

/**
 * The edit for one service. If `isThere`, the service already has its image, and the edit only prevents that others
 * change it.
 */
export type PlannedSplice =
  | { readonly service: string; readonly splice: Splice; readonly isThere: boolean }
  | { readonly problem: string };
