import { gunzipSync, gzipSync } from 'node:zlib';
import type { V1Secret } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import {
  BACK_TO_LABEL,
  readRelease,
  REVISION_LABEL,
  RUN_LABEL,
} from '../../../../src/kubernetes/helm/release-record.js';
import { isServerSide, markFailed } from '../../../../src/kubernetes/helm/release-secret.js';

const manifest = `---
# Source: milvus/templates/deployments.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: my-milvus-proxy
  labels: {component: proxy}
spec:
  template:
    spec:
      containers:
      - {name: proxy, image: 'milvusdb/milvus:v2.2.12'}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: my-milvus-attu
  labels: {component: attu}
---
apiVersion: v1
kind: Service
metadata:
  name: my-milvus
`;

function secret(
  revision: number,
  status: string,
  labels: Record<string, string> = {},
  { description = 'Upgrade complete', method }: { readonly description?: string; readonly method?: string } = {},
): V1Secret {
  const record = {
    name: 'my',
    ...(method ? { apply_method: method } : {}),
    version: revision,
    config: { image: { all: { tag: 'v2.2.12' } }, minio: { secretKey: 'hunter2' } },
    manifest,
    info: { status, last_deployed: '2026-01-01T10:00:00.123456789Z', description },
    chart: {
      metadata: { name: 'milvus', version: '4.0.29', appVersion: '2.2.12' },
      values: { image: { all: { tag: 'v2.2.11', repository: 'milvusdb/milvus' } } },
    },
  };
  const release = Buffer.from(gzipSync(JSON.stringify(record)).toString('base64')).toString('base64');
  return {
    metadata: {
      uid: `u${revision}${status}${description}`,
      resourceVersion: '1',
      name: `sh.helm.release.v1.my.v${revision}`,
      labels: { owner: 'helm', name: 'my', version: String(revision), status, ...labels },
    },
    data: { release },
  };
}

describe('a release record', () => {
  it('contains the newest revision and the newest deployed one, in any order', () => {
    const release = readRelease('my', 'default', [
      secret(9, 'deployed'),
      secret(10, 'failed'),
      secret(2, 'superseded'),
    ]);
    expect(release?.latest).toMatchObject({
      revision: 10,
      status: 'failed',
      chartVersion: '4.0.29',
      updatedAt: '2026-01-01T10:00:00.123Z',
    });
    expect(release?.deployed?.revision).toBe(9);
  });

  it('is null if Helm has none', () => {
    expect(readRelease('my', 'default', [])).toBeNull();
  });

  it('merges the values of the user over the defaults of the chart, and masks both', () => {
    const release = readRelease('my', 'default', [secret(1, 'deployed')]);
    expect(release?.latest.computedValues.reveal()).toMatchObject({
      image: { all: { tag: 'v2.2.12', repository: 'milvusdb/milvus' } },
    });
    expect(JSON.stringify(release)).not.toContain('hunter2');
  });

  it('names the Milvus Deployments of its manifest', () => {
    expect(readRelease('my', 'default', [secret(1, 'deployed')])?.latest.deployments).toEqual(['my-milvus-proxy']);
  });

  it('recognizes a revision that a run of this action began', () => {
    expect(
      readRelease('my', 'default', [secret(3, 'pending-upgrade', { [RUN_LABEL]: 'acme.42.1', [REVISION_LABEL]: '3' })])
        ?.startedBy,
    ).toBe('acme.42.1');
  });

  it('does not attribute a later revision to this action because Helm copied the labels', () => {
    expect(
      readRelease('my', 'default', [secret(4, 'pending-upgrade', { [RUN_LABEL]: 'acme.42.1', [REVISION_LABEL]: '3' })])
        ?.startedBy,
    ).toBe('');
  });

  const mark = (revision: number): Record<string, string> => ({
    [RUN_LABEL]: 'acme.42.1',
    [REVISION_LABEL]: String(revision),
    [BACK_TO_LABEL]: '2',
  });

  it('lists its revisions, the newest first, with their images and the rollback revision of each upgrade', () => {
    const history = readRelease('my', 'default', [
      secret(2, 'superseded'),
      secret(3, 'deployed', mark(3)),
      secret(4, 'failed', mark(3)),
    ])?.history;
    expect(history?.map(({ revision, backTo }) => [revision, backTo])).toEqual([
      [4, null],
      [3, 2],
      [2, null],
    ]);
    expect(history?.[0]?.images).toEqual({ 'my-milvus-proxy': 'milvusdb/milvus:v2.2.12' });
  });

  it.each([
    ['that is in progress', 'pending-rollback', 'Rollback to 2'],
    ['that failed', 'failed', 'Rollback "my" failed: no route to host'],
    ['that was marked failed', 'failed', 'milvus-upgrade: left pending-rollback by a run that ended'],
    ['that is complete', 'deployed', 'Rollback to 2'],
  ])('attributes a rollback %s to the run that began the upgrade before it', (_, status, description) => {
    expect(
      readRelease('my', 'default', [secret(3, 'superseded', mark(3)), secret(4, status, {}, { description })])
        ?.startedBy,
    ).toBe('acme.42.1');
  });

  it('does not attribute a rollback to this action when another client began the upgrade before it', () => {
    expect(
      readRelease('my', 'default', [
        secret(3, 'superseded'),
        secret(4, 'pending-rollback', {}, { description: 'Rollback to 2' }),
      ])?.startedBy,
    ).toBe('');
  });

  it.each([
    ['ssa', true],
    ['csa', false],
    [undefined, false],
  ])('determines the apply method of the next Helm call after a revision applied by %s', (method, serverSide) => {
    const newest = secret(10, 'deployed', {}, method ? { method } : {});
    expect(isServerSide([secret(2, 'superseded', {}, { method: 'ssa' }), newest], 10)).toBe(serverSide);
  });

  it('is marked failed as by Helm, with everything else unchanged', () => {
    const before = secret(3, 'pending-upgrade');
    const failed = markFailed(before, 'its run ended');
    expect(failed.metadata?.labels).toMatchObject({ status: 'failed', version: '3' });
    const text = Buffer.from(failed.data?.release ?? '', 'base64').toString('utf8');
    const record = JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as {
      info: object;
      manifest: string;
    };
    expect(record).toMatchObject({
      info: { status: 'failed', description: 'its run ended', last_deployed: '2026-01-01T10:00:00.123456789Z' },
      manifest,
    });
  });
});

describe('a damaged Helm record', () => {
  const damaged = (release: string): V1Secret => ({
    ...secret(1, 'deployed'),
    data: { release },
    metadata: { ...secret(1, 'deployed').metadata, uid: release.slice(0, 40) },
  });
  const packed = (record: unknown, deep = ''): string =>
    Buffer.from(gzipSync(JSON.stringify(record).replace('"deep"', deep)).toString('base64')).toString('base64');
  const sound = JSON.parse(
    gunzipSync(
      Buffer.from(Buffer.from(secret(1, 'deployed').data?.release ?? '', 'base64').toString(), 'base64'),
    ).toString(),
  ) as Record<string, unknown>;

  it.each([
    ['not compressed', 'bm90IGEgcmVsZWFzZQ=='],
    ['empty', ''],
    ['null', packed(null)],
    ['without a chart', packed({ ...sound, chart: null })],
    ['without a date', packed({ ...sound, info: { status: 'deployed', last_deployed: 'yesterday' } })],
    [
      'with a manifest that nests too deeply',
      packed({ ...sound, manifest: `kind: Deployment\na: ${'['.repeat(50_000)}` }),
    ],
    ['with an anchor that refers to itself', packed({ ...sound, manifest: 'kind: Deployment\na: &a\n  b: *a\n' })],
    [
      'with values that nest too deeply',
      packed({ ...sound, config: 'deep' }, `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
    ],
    ['a decompression bomb', Buffer.from(gzipSync(Buffer.alloc(80 << 20, ' ')).toString('base64')).toString('base64')],
  ])('is reported with the name of its Secret: %s', (_, release) => {
    expect(() => readRelease('my', 'milvus', [damaged(release)])).toThrow(
      /^The Helm release cannot be read from the Secret sh\.helm/,
    );
  });
});

describe('an invalid release record', () => {
  const recordOf = (data: Buffer): V1Secret => ({
    metadata: {
      name: 'sh.helm.release.v1.my.v1',
      uid: String(data.length),
      resourceVersion: '1',
      labels: { version: '1', status: 'deployed' },
    },
    data: { release: Buffer.from(data.toString('base64')).toString('base64') },
  });

  it('that decompresses to more than 32 MiB is refused with its name, and never kept in memory', () => {
    const bomb = recordOf(gzipSync(Buffer.alloc(40 << 20, ' ')));
    expect(() => readRelease('my', 'default', [bomb])).toThrow(
      /cannot be read from the Secret sh\.helm\.release\.v1\.my\.v1: it has more than 32 MiB/,
    );
  });
});
