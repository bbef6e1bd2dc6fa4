// What a migration creates in the namespace beside the Jobs of its tool: the journal, the volume for the backup, and a
// pod that keeps the volume mounted. Pure.
import type { V1ConfigMap, V1PersistentVolumeClaim, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { BackupVolume } from '../../core/config/migration.js';
import type { HelmJournal } from '../../core/helm/journal.js';
import { formatJournal } from '../../core/migration/journal.js';
import { TOOL } from '../../core/migration/tool.js';
import { ANNOTATIONS, DATA, metadataOf, namesOf } from './names.js';
import { container, kept, withVolume } from './tool-pod.js';

export const JOURNAL_KEY = 'journal.json';
export const SEAL_KEY = 'digest';

/** `seal` is created in journal-seal.ts. */
export function journalMap(release: string, journal: HelmJournal, seal: string): V1ConfigMap {
  return {
    metadata: metadataOf(namesOf(release).journal, release),
    data: { [JOURNAL_KEY]: formatJournal(journal), [SEAL_KEY]: seal },
  };
}

export function backupVolume(release: string, { size, storageClass }: BackupVolume): V1PersistentVolumeClaim {
  return {
    metadata: metadataOf(namesOf(release).volume, release),
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      ...(storageClass === null ? {} : { storageClassName: storageClass }),
    },
  };
}

export interface KeeperSpec {
  readonly release: string;
  readonly run: string;
  readonly image: string;
  readonly seconds: number;
}

/**
 * Binds and tests the volume, pulls the image and checks that it contains the tool; then keeps running, so that the
 * files on the volume can be read.
 */
export function keeperPod({ release, run, image, seconds }: KeeperSpec, like: V1PodTemplateSpec): V1Pod {
  const metadata = metadataOf(namesOf(release).keeper, release);
  const tries = [
    `[ -x ${TOOL} ] || { echo "the image has no ${TOOL}"; exit 1; }`,
    `dd if=/dev/zero of=${DATA}/tried bs=1048576 count=1 2>/dev/null; tried=$?; rm -f ${DATA}/tried`,
    '[ $tried = 0 ] || { echo "the volume is not writable, or has less than 1 MiB free"; exit 1; }',
  ];
  const rounded = Math.max(1, Math.round(seconds));
  return {
    metadata: { ...metadata, annotations: { [ANNOTATIONS.run]: run } },
    spec: {
      ...kept(like.spec),
      ...withVolume(release),
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: rounded,
      initContainers: [container({ name: 'try', image, script: tries.join('; ') }, like.spec)],
      containers: [container({ name: 'keep', image, script: `exec sleep ${rounded}` }, like.spec)],
    },
  };
}
