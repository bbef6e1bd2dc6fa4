import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiException, type V1Deployment, type V1Pod } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HelmConfig } from '../../../../src/core/config/config.js';
import type { Cluster } from '../../../../src/kubernetes/client/cluster.js';
import { saveEvidence } from '../../../../src/kubernetes/evidence/evidence.js';
import type { EvidencePlatform } from '../../../../src/kubernetes/evidence/collection.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'evidence-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const labels = { component: 'proxy', 'pod-template-hash': 'abc' };
const pod = {
  metadata: {
    name: 'my-milvus-proxy-abc-1',
    labels,
    ownerReferences: [{ kind: 'ReplicaSet', name: 'my-milvus-proxy-abc' }],
  },
  spec: {
    nodeName: 'node-1',
    containers: [{ name: 'proxy', image: 'milvus:v2.2.16', env: [{ name: 'S3_SECRET', value: 'hunter2-s3' }] }],
  },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'proxy',
        image: 'milvus:v2.2.16',
        imageID: '',
        ready: false,
        restartCount: 3,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
      },
    ],
  },
} as unknown as V1Pod;
const deployment = {
  metadata: { name: 'my-milvus-proxy', labels, generation: 1 },
  spec: { replicas: 1, template: { spec: pod.spec } },
  status: { observedGeneration: 1 },
} as unknown as V1Deployment;

const none = (): Promise<{ items: [] }> => Promise.resolve({ items: [] });

function platform(
  logs: (request: { previous: boolean }) => Promise<string>,
  signal = new AbortController().signal,
): EvidencePlatform {
  const core = {
    listNamespacedEvent: none,
    readNode: () => Promise.reject(new ApiException(403, 'no', '', {})),
    readNamespacedPodLog: logs,
  };
  const cluster = { core, apps: { listNamespacedReplicaSet: none } } as unknown as Cluster;
  const config = { release: 'my', namespace: 'milvus', evidencePath: directory } as HelmConfig;
  return {
    cluster,
    config,
    redact: (text) => text.replaceAll('hunter2-known', '***'),
    deployments: [deployment],
    pods: [pod],
    release: null,
    signal,
  };
}

const log = ({ previous }: { previous: boolean }): Promise<string> =>
  Promise.resolve(previous ? 'starting\npanic: login of hunter2-s3 with hunter2-known refused' : 'starting');

describe('the diagnostics of a failure', () => {
  it('contain the log from before a restart, its last lines first, and list what is missing', async () => {
    const evidence = await saveEvidence(platform(log));
    expect(evidence?.files).toContain('my-milvus-proxy/my-milvus-proxy-abc-1.proxy.previous.log');
    expect(evidence?.head).toEqual([
      'my-milvus-proxy-abc-1: Running; proxy (milvus:v2.2.16): CrashLoopBackOff, 3 restarts',
      '  proxy, before it restarted: panic: login of *** with *** refused',
    ]);
    expect(readFileSync(join(evidence?.directory ?? '', 'index.md'), 'utf8')).toContain(
      '- node node-1: permission denied (403)',
    );
  });

  it('are readable by this user only and contain no secret', async () => {
    const evidence = await saveEvidence(platform(log));
    const files = (evidence?.files ?? []).map((file) => join(evidence?.directory ?? '', file));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  it('never overwrite those of another run', async () => {
    const [first, second] = await Promise.all([saveEvidence(platform(log)), saveEvidence(platform(log))]);
    expect(first?.directory).not.toBe(second?.directory);
  });

  it('are saved as far as available when the run is cancelled', async () => {
    const cancel = new AbortController();
    const late: ((text: string) => void)[] = [];
    setTimeout(() => cancel.abort(), 50);
    const evidence = await saveEvidence(platform(() => new Promise((resolve) => late.push(resolve)), cancel.signal));
    expect(evidence?.files).toEqual(expect.arrayContaining(['index.md', 'my-milvus-proxy/my-milvus-proxy-abc-1.yaml']));
    expect(readFileSync(join(evidence?.directory ?? '', 'index.md'), 'utf8')).toContain(
      'log of proxy in my-milvus-proxy-abc-1: not answered in time',
    );
    for (const answer of late) answer('too late');
  });

  it('are in the temporary directory, and say so first, when evidence-path is not writable', async () => {
    const unable = { ...platform(log), config: { ...platform(log).config, evidencePath: '/dev/null/evidence' } };
    const saved = await saveEvidence(unable);
    expect(saved?.head[0]).toContain(
      `evidence-path /dev/null/evidence could not be written (ENOTDIR); the diagnostics are in ${saved?.directory}`,
    );
    rmSync(saved?.directory ?? '', { recursive: true });
  });
});
