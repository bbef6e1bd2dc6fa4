// The check `data-owner`: whether the user of the new image can write to the volumes that the old image has written to.
// Pure.
import { IMAGE_USERS } from '../knowledge/image-users.js';
import { crosses } from '../knowledge/stops.js';
import { labelsOf, type KubeObject } from './manifest.js';
import { recordAt, recordsAt, stringAt, valueAt } from '../lib/json.js';
import { formatVersion, type Version } from '../model/version.js';
import { milvusWorkloads } from './workloads.js';
import type { CheckResult } from '../model/check-result.js';
import { failSkippable, pass, someOf } from './results.js';

const ID = 'data-owner';

interface Move {
  readonly from: Version;
  readonly to: Version;
  readonly image: string;
}

/**
 * Empty if the new image runs as the same user as the old one, or if no Deployment that gets the image has a volume
 * claim.
 */
export function evaluateDataOwner(objects: readonly KubeObject[], { from, to, image }: Move): CheckResult[] {
  const row = IMAGE_USERS.find(({ crossing }) => crosses(from, to, crossing));
  const owners = objects.filter(
    (object) => milvusWorkloads([object]).some(({ images }) => images.includes(image)) && claimsOf(object).length > 0,
  );
  if (!row || owners.length === 0) return [];
  const unfit = owners.filter((object) => !isWritable(object));
  const { uid, why, source } = row;
  if (unfit.length === 0) return [pass(ID, `${formatVersion(to)} can write to the Milvus volumes`, source)];
  return [
    failSkippable(
      ID,
      `${why}: ${someOf(unfit.map((object) => `Deployment/${object.metadata.name} (${claimsOf(object).join(', ')})`))}`,
      `Back up the volume, and set \`securityContext.fsGroup=${uid}\` with the input \`set\` (on the component if it has its own securityContext): Kubernetes then changes the group of the volume to ${uid}. Skip this check if user ${uid} can already write to the volume, or if the volume driver or the cluster (\`fsGroupPolicy\`, OpenShift) sets the owner.`,
      source,
    ),
  ];
}

function claimsOf(object: KubeObject): string[] {
  return recordsAt(object, 'spec.template.spec.volumes').flatMap((volume) => {
    const claim = stringAt(volume, 'persistentVolumeClaim.claimName');
    return claim === '' ? [] : [claim];
  });
}

/** True if a group owns the volume, or if Milvus still runs as root. */
function isWritable(object: KubeObject): boolean {
  const pod = recordAt(object, 'spec.template.spec.securityContext');
  const containers = recordsAt(object, 'spec.template.spec.containers');
  const role = String(labelsOf(object).component);
  const container = containers.find((candidate) => candidate.name === role) ?? containers[0];
  const user = valueAt(container ?? {}, 'securityContext.runAsUser') ?? pod.runAsUser;
  return user === 0 || pod.fsGroup !== undefined;
}
