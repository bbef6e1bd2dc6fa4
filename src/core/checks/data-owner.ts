// The check `data-owner`: can the user of the new image write to the volumes that the old one has written to? Pure.
import { IMAGE_USERS } from '../knowledge/image-users.js';
import { crosses } from '../knowledge/stops.js';
import { labelsOf, type KubeObject } from '../manifest.js';
import { isRecord, valueAt } from '../values.js';
import { formatVersion, type Version } from '../version.js';
import { listAt, milvusWorkloads } from '../workloads.js';
import { someOf, type Finding } from './finding.js';

const ID = 'data-owner';

interface Move {
  readonly from: Version;
  readonly to: Version;
  readonly image: string;
}

/** Says nothing where the image has the same user as before, or no Deployment that gets it has a volume claim. */
export function evaluateDataOwner(objects: readonly KubeObject[], { from, to, image }: Move): Finding[] {
  const row = IMAGE_USERS.find(({ crossing }) => crosses(from, to, crossing));
  const owners = objects.filter((each) => milvusWorkloads([each]).some(({ images }) => images.includes(image)) && claimsOf(each).length > 0);
  if (!row || owners.length === 0) return [];
  const unfit = owners.filter((each) => !isWritable(each));
  const { uid, why, source } = row;
  if (unfit.length === 0)
    return [{ id: ID, state: 'pass', reason: `the volumes of Milvus are writable for ${formatVersion(to)}`, remedy: '', source, skippable: true }];
  return [
    {
      id: ID,
      state: 'fail',
      reason: `${why}: ${someOf(unfit.map((each) => `Deployment/${each.metadata.name} (${claimsOf(each).join(', ')})`))}`,
      remedy: `Back up the volume, and set \`securityContext.fsGroup=${uid}\` with \`set\`, or that of the component where it has its own securityContext: Kubernetes then gives the volume to group ${uid}. Skip this check if the volume is writable for user ${uid} already, or its driver or the cluster (\`fsGroupPolicy\`, OpenShift) takes care of that.`,
      source,
      skippable: true,
    },
  ];
}

function claimsOf(object: KubeObject): string[] {
  return listAt(object, 'spec.template.spec.volumes').flatMap((each) => {
    const claim = valueAt(each, 'persistentVolumeClaim.claimName');
    return typeof claim === 'string' ? [claim] : [];
  });
}

/** Either the group owns the volume, or Milvus stays root as before. */
function isWritable(object: KubeObject): boolean {
  const pod = valueAt(object, 'spec.template.spec.securityContext');
  const containers = listAt(object, 'spec.template.spec.containers');
  const role = String(labelsOf(object).component);
  const container = (containers.find((each) => each.name === role) ?? containers[0])?.securityContext;
  const user = (isRecord(container) ? container.runAsUser : undefined) ?? (isRecord(pod) ? pod.runAsUser : undefined);
  return user === 0 || (isRecord(pod) && pod.fsGroup !== undefined);
}
