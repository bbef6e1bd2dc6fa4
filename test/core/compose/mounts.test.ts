// Whether a new container of Milvus would open the data that the present one has.
import { describe, expect, it } from '@jest/globals';
import { mountDifferences } from '../../../src/core/compose/mounts.js';
import { containerObservation } from '../../fakes/containers.js';

const ANONYMOUS = '0f3a'.repeat(16);
const AT = '/var/lib/milvus';

describe('the mounts of a service', () => {
  it.each<[string, string, string | undefined, string, boolean]>([
    ['a folder that stays', 'bind', '/srv/data', '/srv/data', true],
    ['a folder that is written with a slash behind it', 'bind', '/srv/./data/', '/srv/data', true],
    ['a folder below the mount point of Docker Desktop', 'bind', '/Users/a/data', '/host_mnt/Users/a/data', true],
    ['a folder of Windows below the mount point of Docker Desktop', 'bind', 'C:\\srv\\data', '/run/desktop/mnt/host/c/srv/data', true],
    ['another folder', 'bind', '/srv/other', '/srv/data', false],
    ['a folder that is no longer mounted', 'bind', undefined, '/srv/data', false],
    ['a volume in place of a folder', 'bind', 'data', '/srv/data', false],
    ['a volume that stays', 'volume', 'data', 'milvus_data', true],
    ['a volume with a name of its own', 'volume', 'data', 'data', true],
    ['another volume', 'volume', 'data', 'other_data', false],
    ['a named volume that is no longer mounted', 'volume', undefined, 'milvus_data', false],
    ['a volume without a name in place of one with a name', 'volume', '', 'milvus_data', false],
    ['a folder in place of a volume without a name', 'volume', '/srv/data', ANONYMOUS, false],
    ['a volume without a name', 'volume', '', ANONYMOUS, true],
    ['a volume that the image makes', 'volume', undefined, ANONYMOUS, true],
    ['a file system in memory', 'tmpfs', undefined, '', true],
  ])('with %s are compared by what they hold', (_, kind, desired, source, isSame) => {
    const mounts = desired === undefined ? {} : { [AT]: desired };
    const containers = [containerObservation({ mounts: [{ kind, source, destination: AT }] })];
    expect(mountDifferences({ name: 'standalone', mounts, containers }, 'milvus')).toHaveLength(isSame ? 0 : 1);
  });

  it('name both places', () => {
    const containers = [containerObservation({ mounts: [{ kind: 'bind', source: '/srv/a', destination: AT }] })];
    expect(mountDifferences({ name: 'standalone', mounts: { [AT]: '/srv/b' }, containers }, 'milvus')).toEqual([
      'standalone has /srv/a at /var/lib/milvus, and the files say /srv/b',
    ]);
  });
});
