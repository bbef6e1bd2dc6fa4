// The image of the lock container: one that exists on the machine already.
import { milvusServices, type ProjectObservation } from '../../core/compose/observation.js';

/** The image of a Milvus container, by its ID; if there is no container, the image in the files. */
export function lockImage({ services }: Pick<ProjectObservation, 'services'>): string {
  const [first] = milvusServices({ services }).flatMap((service) => service.containers);
  return first?.imageId || (milvusServices({ services })[0]?.image ?? '');
}
