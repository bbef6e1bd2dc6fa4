// The path of an upgrade of a Docker Compose project.
import type { Version } from '../model/version.js';
import type { Images } from './steps.js';
import type { Path } from '../knowledge/paths.js';
import type { ImageEdits } from './files/image-edits.js';
import type { CheckResult } from '../model/check-result.js';

/** The path of an upgrade, and the images and edits that it leads to. */
export interface ProjectRoute {
  readonly from: Version;
  /** The desired image of every Milvus service in the files. */
  readonly images: Images;
  /** The images of the services whose containers are replaced. */
  readonly started: Images;
  readonly path: Path;
  readonly edits: ImageEdits;
  readonly failedChecks: readonly CheckResult[];
}
