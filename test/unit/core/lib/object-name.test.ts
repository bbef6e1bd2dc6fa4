import { describe, expect, it } from '@jest/globals';
import { labelValue, objectName } from '../../../../src/core/lib/object-name.js';

/** Names that Helm allows: at most 53 characters, dots included (helm/pkg/chartutil/validate_name.go). */
const RELEASES = [
  'my',
  'a'.repeat(38),
  'a'.repeat(39),
  'milvus-production-eu-central-1-analytics-team',
  `${'b'.repeat(40)}-${'c'.repeat(12)}`,
  'x.y'.padEnd(53, '-z9'),
];
const SUFFIXES = ['migration', 'migration-config-1', 'backup', 'keeper', 'back-up-1', 'migrate-12', 'restore-3-17'];
const DNS_1123 = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

describe('the name of a generated object', () => {
  it.each(RELEASES.flatMap((release) => SUFFIXES.map((suffix) => [release, suffix] as const)))(
    'fits for release %s and %s',
    (release, suffix) => {
      const name = objectName(release, suffix);
      expect(name).toMatch(DNS_1123);
      expect(name.length).toBeLessThanOrEqual(63);
      expect(name).not.toMatch(/--|\.-|-\.|\.\./);
      expect(name.endsWith(`-${suffix}`)).toBe(true);
    },
  );

  it('differs for every release and every suffix', () => {
    const names = RELEASES.flatMap((release) => SUFFIXES.map((suffix) => objectName(release, suffix)));
    expect(new Set(names).size).toBe(names.length);
  });

  it('differs for 1,000 long releases with the same prefix', () => {
    const names = Array.from({ length: 1000 }, (_, at) =>
      objectName(`${'milvus-production-eu-central-1-analytics-team'}-${at}`, 'back-up-1'),
    );
    expect(new Set(names).size).toBe(1000);
  });

  it('never changes, so that objects of an earlier version are found', () => {
    expect(objectName('my', 'back-up-1')).toBe('milvus-upgrade-my-back-up-1');
    expect(objectName('milvus-production-eu-central-1-analytics-team', 'back-up-1')).toBe(
      'milvus-upgrade-milvus-production-eu-centra-pgf64i8vpz-back-up-1',
    );
  });

  it('is unchanged as the value of a label if it fits, and has at most 63 characters otherwise', () => {
    expect(labelValue('my')).toBe('my');
    expect(labelValue('a'.repeat(200))).toMatch(/^a+-[a-z0-9]{10}$/);
    expect(labelValue('a'.repeat(200))).toHaveLength(63);
  });
});
