import { describe, expect, it } from '@jest/globals';
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { HelmJournal } from '../../../../src/core/helm/journal.js';
import { SecretValues } from '../../../../src/core/model/values.js';
import { doubtJournal, sealOf } from '../../../../src/kubernetes/migration/journal-seal.js';
import { readJournal } from '../../../../src/kubernetes/migration/read-migration.js';
import { journalMap } from '../../../../src/kubernetes/migration/manifests.js';
import type { Release } from '../../../../src/core/helm/observation.js';

const IMAGE = 'milvusdb/milvus:v2.1.4';
const ROLES = ['rootcoord', 'querycoord', 'indexnode', 'proxy'];
const replicas = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(ROLES.map((role) => [`my-milvus-${role}`, counts[role] ?? 1]));
const JOURNAL: HelmJournal = {
  ...{
    run: 'acme.milvus.42.1',
    since: '2026-01-01T00:00:00.000Z',
    from: '2.1.4',
    to: '2.2.2',
    image: IMAGE,
    revision: 3,
    rootPath: 'by-dev',
    closed: false,
  },
  replicas: replicas({ indexnode: 0 }),
};

function release(revision: number, password = 'one'): Release {
  const images = Object.fromEntries(ROLES.map((role) => [`my-milvus-${role}`, IMAGE]));
  const past = {
    revision,
    status: 'superseded',
    chartVersion: '3.2.18',
    updatedAt: '',
    description: '',
    backTo: null,
  } as const;
  return { name: 'my', history: [{ ...past, values: new SecretValues({ password }), images }] } as unknown as Release;
}

const doubt = (map: V1ConfigMap | null, of = release(3)): string => doubtJournal(map, of);

describe('a journal', () => {
  it('that this action wrote is accepted, for any order of its replicas', () => {
    expect(doubt(journalMap('my', JOURNAL, sealOf(JOURNAL, release(3))))).toBe('');
    const turned = { ...JOURNAL, replicas: Object.fromEntries(Object.entries(JOURNAL.replicas).reverse()) };
    expect(doubt(journalMap('my', turned, sealOf(JOURNAL, release(3))))).toBe('');
    expect(doubt(null)).toBe('');
  });

  it.each<[string, Partial<HelmJournal>]>([
    ['40 proxies, and nothing else', { replicas: replicas({ proxy: 40, rootcoord: 0, querycoord: 0, indexnode: 0 }) }],
    ['another image', { image: 'evil/milvus:v2.1.4' }],
    ['another root path', { rootPath: 'other' }],
    ['that it is over', { closed: true }],
  ])('that was changed to contain %s is rejected and quoted', (_, change) => {
    const forged = { ...JOURNAL, ...change };
    const said = doubt(journalMap('my', forged, sealOf(JOURNAL, release(3))));
    expect(said).toContain(
      'the ConfigMap milvus-upgrade-my-migration does not have the digest of this action for revision 3',
    );
    expect(said).toContain(
      `image ${forged.image}, revision 3, root path ${forged.rootPath}, replicas my-milvus-rootcoord ${forged.replicas['my-milvus-rootcoord']}`,
    );
  });

  it('cannot be sealed without the Secret of the revision', () => {
    expect(doubt(journalMap('my', JOURNAL, sealOf(JOURNAL, release(3, 'guessed'))))).toContain(
      'does not have the digest',
    );
    expect(doubt(journalMap('my', JOURNAL, ''))).toContain('does not have the digest');
  });

  it('of a revision that Helm no longer has is accepted only if it is plausible', () => {
    const other = release(9);
    expect(doubt(journalMap('my', JOURNAL, ''), other)).toBe('');
    const of = (change: Partial<HelmJournal>): string => doubt(journalMap('my', { ...JOURNAL, ...change }, ''), other);
    expect(of({ replicas: replicas({ rootcoord: 0 }) })).toContain(
      '0 replicas for my-milvus-rootcoord, without which Milvus cannot serve',
    );
    expect(of({ replicas: { ...JOURNAL.replicas, other: 1 } })).toContain('other is not a Deployment of the release');
    expect(of({ image: 'milvusdb/milvus:v2.0.2' })).toContain('its image milvusdb/milvus:v2.0.2 is not 2.1.4');
    expect(of({ replicas: replicas({ proxy: 100_000 }) })).toContain('cannot be read as the journal of a migration');
  });

  it('that an earlier version of this action wrote is read, and its digest is accepted', () => {
    const text =
      '{"from":"2.1.4","to":"2.2.2","image":"milvusdb/milvus:v2.1.4","revision":3,"rootPath":"by-dev","replicas":{"my-milvus-rootcoord":1,"my-milvus-querycoord":1,"my-milvus-indexnode":0,"my-milvus-proxy":1},"closed":false,"run":"acme.milvus.42.1","since":"2026-01-01T00:00:00.000Z"}';
    const digest = 'dcb21127a439e8786658f0eb3a2a54c7fa8315af87137c7649d610fc20e7d8b9';
    const map = (journal: string): V1ConfigMap => ({
      ...journalMap('my', JOURNAL, ''),
      data: { 'journal.json': journal, digest },
    });
    expect(readJournal(map(text))).toEqual(JOURNAL);
    expect(doubt(map(text))).toBe('');
    expect(sealOf(JOURNAL, release(3))).toBe(digest);
    expect(doubt(map(text.replace('by-dev', 'other')))).toContain('does not have the digest');
  });

  it.each(['', '"revision":"3",', '"revision":-1,', '"revision":null,'])(
    'of a release that contains "%s" instead of its revision cannot be read',
    (instead) => {
      const map = journalMap('my', JOURNAL, sealOf(JOURNAL, release(3)));
      const text = map.data!['journal.json']!.replace('"revision":3,', instead);
      const malformed = { ...map, data: { ...map.data, 'journal.json': text } };
      expect(readJournal(malformed)).toBeNull();
      expect(doubt(malformed)).toContain('cannot be read as the journal of a migration');
    },
  );

  it('that lacks the label of this action is rejected', () => {
    const map = journalMap('my', JOURNAL, sealOf(JOURNAL, release(3)));
    expect(doubt({ ...map, metadata: { ...map.metadata, labels: {} } })).toContain('it was not written by this action');
  });
});
