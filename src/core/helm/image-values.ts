// The values of the chart that set an image (zilliztech/milvus-helm values.yaml `image.all`). Pure.
import { parseImage } from '../model/version.js';

/**
 * `image.all` has no field for a digest. The templates join repository and tag with a colon, so a tag that ends with
 * `@sha256:…` is the full reference again; the check `target-image` verifies that.
 */
export function imageAll(image: string): { readonly repository: string; readonly tag: string } {
  const { repository, tag, digest } = parseImage(image);
  return { repository, tag: digest === '' ? tag : `${tag}@${digest}` };
}
