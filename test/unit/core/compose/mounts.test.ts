// Whether a new Milvus container would open the data of the current one.
import { describe, expect, it } from '@jest/globals';
import { mountDifferences } from '../../../../src/core/compose/mounts.js';
import { containerObservation } from '../../../support/containers.js';

const ANONYMOUS = '0f3a'.repeat(16);
const AT = '/var/lib/milvus';

describe('the mounts of a service', () => {
  it.each<[string, string, string | undefined, string, boolean]>([
    ['the same directory', 'bind', '/srv/data', '/srv/data', true],
    ['the same directory with a trailing slash', 'bind', '/srv/./data/', '/srv/data', true],
    ['a directory below the mount point of Docker Desktop', 'bind', '/Users/a/data', '/host_mnt/Users/a/data', true],
    [
      'a Windows directory below the mount point of Docker Desktop',
      'bind',
      'C:\\srv\\data',
      '/run/desktop/mnt/host/c/srv/data',
      true,
    ],
    ['another directory', 'bind', '/srv/other', '/srv/data', false],
    ['a directory that is no longer mounted', 'bind', undefined, '/srv/data', false],
    ['a volume instead of a directory', 'bind', 'data', '/srv/data', false],
    ['the same volume', 'volume', 'data', 'milvus_data', true],
    ['a volume with an explicit name', 'volume', 'data', 'data', true],
    ['another volume', 'volume', 'data', 'other_data', false],
    ['a named volume that is no longer mounted', 'volume', undefined, 'milvus_data', false],
    ['a volume without a name instead of a named one', 'volume', '', 'milvus_data', false],
    ['a directory instead of a volume without a name', 'volume', '/srv/data', ANONYMOUS, false],
    ['a volume without a name', 'volume', '', ANONYMOUS, true],
    ['a volume that the image declares', 'volume', undefined, ANONYMOUS, true],
    ['a tmpfs', 'tmpfs', undefined, '', true],
  ])('with %s are compared by their content', (_, kind, desired, source, isSame) => {
    const mounts = desired === undefined ? {} : { [AT]: desired };
    const containers = [containerObservation({ mounts: [{ kind, source, destination: AT }] })];
    expect(mountDifferences({ name: 'standalone', mounts, containers }, 'milvus')).toHaveLength(isSame ? 0 : 1);
  });

  it('are reported with both sources', () => {
    const containers = [containerObservation({ mounts: [{ kind: 'bind', source: '/srv/a', destination: AT }] })];
    expect(mountDifferences({ name: 'standalone', mounts: { [AT]: '/srv/b' }, containers }, 'milvus')).toEqual([
      'standalone has /srv/a at /var/lib/milvus, but the files mount /srv/b',
    ]);
  });
});
