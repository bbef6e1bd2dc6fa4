// The type of a typical Compose project, with exactly what an upgrade has to change, and how the project is started.
import type { EditRequest } from '../../../../../src/core/compose/files/edit-request.js';
import type { ProjectFile } from '../../../../../src/core/compose/files/project.js';

/** The file, the line number starting at 1, the old text and the new text. */
export type Change = readonly [path: string, line: number, old: string, fresh: string];

export interface RealWorldProject extends EditRequest {
  readonly title: string;
  /** In the order in which the product reads them; paths are relative to the directory where Compose is run. */
  readonly files: readonly ProjectFile[];
  /** Files that Compose needs and that cannot set an image, such as those of `env_file`. */
  readonly others?: Readonly<Record<string, string>>;
  /** The inputs, if Compose is run with `-f`, `--env-file` or `--project-directory`. */
  readonly inputs?: {
    readonly files?: readonly string[];
    readonly envFiles?: readonly string[];
    readonly directory?: string;
  };
  readonly settings: readonly string[];
  readonly changes: readonly Change[];
}

export const compose = (text: string, path = 'docker-compose.yml'): ProjectFile => ({ kind: 'compose', path, text });
export const env = (text: string, path = '.env'): ProjectFile => ({ kind: 'env', path, text });
/** A file that another one includes or extends. */
export const referenced = (file: ProjectFile): ProjectFile => ({ ...file, isReferenced: true });
