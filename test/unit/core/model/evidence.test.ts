import { describe, expect, it } from '@jest/globals';
import {
  failingFirst,
  pickHead,
  renderIndex,
  informativeLines,
  type PodStory,
} from '../../../../src/core/model/evidence.js';
import { maskObject, secretsInObject } from '../../../../src/core/redaction/mask-object.js';

const story = (pod: string, over: Partial<PodStory> = {}): PodStory => ({
  deployment: pod.slice(0, -2),
  pod,
  state: 'CrashLoopBackOff',
  events: [],
  logs: [],
  ...over,
});

describe('the head of the diagnostics', () => {
  it('has the state of each pod, its last events without duplicates, and the log before its restart', () => {
    const logs = [
      { container: 'proxy', previous: false, text: 'starting' },
      { container: 'proxy', previous: true, text: 'starting\nlistening\npanic: no etcd\ngoroutine 1\nmain.go:7\nmore' },
    ];
    expect(pickHead([story('proxy-1', { events: ['Pulled: ok', 'BackOff: again', 'BackOff: again'], logs })])).toEqual([
      'proxy-1: CrashLoopBackOff',
      '  event: Pulled: ok',
      '  event: BackOff: again',
      '  proxy, before it restarted: panic: no etcd',
      '  proxy, before it restarted: goroutine 1',
      '  proxy, before it restarted: main.go:7',
    ]);
  });

  it('omits events that only repeat the state of the pod', () => {
    const events = [
      'Failed: Failed to pull image "x:v1": not found',
      'Failed: Error: ErrImagePull',
      'Failed: Error: ImagePullBackOff',
    ];
    expect(pickHead([story('proxy-1', { events })])).toEqual(['proxy-1: CrashLoopBackOff', `  event: ${events[0]}`]);
  });

  it('starts with pods of different Deployments, and is short', () => {
    const stories = ['proxy-1', 'proxy-2', 'proxy-3', 'proxy-4', 'datanode-1', 'querynode-1'].map((pod) => story(pod));
    const head = pickHead(stories);
    expect(head).toEqual(
      ['proxy-1', 'datanode-1', 'querynode-1', 'proxy-2']
        .map((pod) => `${pod}: CrashLoopBackOff`)
        .concat('… and 2 more pods'),
    );
  });

  it.each([
    ['the lines from the last fatal message on', 'a\npanic: one\nb\nfatal: two\nc\nd', ['fatal: two', 'c']],
    ['the last lines with errors', 'error: 1\nfine\nerror: 2\nfine\nerror: 3\nfine', ['error: 2', 'error: 3']],
    ['the last lines', 'a\nb\n\nc\n', ['b', 'c']],
    ['nothing of an empty log', '\n', []],
  ])('selects %s', (_, log, expected) => {
    expect(informativeLines(log, 2)).toEqual(expected);
  });

  it('contains no control characters and no long lines', () => {
    const [line = ''] = pickHead([story('proxy-1', { state: `\u001b[31mred\u001b[0m ${'x'.repeat(900)}` })]);
    expect(line).toMatch(/^proxy-1: red x/);
    expect(line.length).toBe(300);
  });
});

describe('the selection of pods', () => {
  it('puts failing pods first and keeps space for others', () => {
    expect(failingFirst(['old-1', 'new-1', 'old-2', 'new-2'], (pod) => pod.startsWith('new'), 3)).toEqual([
      'new-1',
      'new-2',
      'old-1',
    ]);
  });
});

describe('the index', () => {
  it('describes each file, and lists what is not available', () => {
    const files = [{ path: 'my-milvus-proxy/a b.log', what: 'log of proxy' }];
    const index = renderIndex({
      name: 'my',
      location: 'milvus',
      takenAt: 'now',
      head: ['proxy-1: dead'],
      files,
      missing: ['node n1: permission denied (403)'],
    });
    expect(index).toContain('- [my-milvus-proxy/a b.log](my-milvus-proxy/a%20b.log): log of proxy');
    expect(index).toContain('    proxy-1: dead');
    expect(index).toContain('- node n1: permission denied (403)');
  });
});

describe('an object in the diagnostics', () => {
  const pod = {
    metadata: {
      name: 'proxy-1',
      managedFields: [{ manager: 'helm' }],
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{"password":"hunter2"}',
        'vault/token': 'hunter2',
        plain: 'shown',
      },
    },
    spec: {
      containers: [
        {
          name: 'proxy',
          image: 'milvusdb/milvus:v2.2.16',
          command: ['milvus', '--password', 'hunter2', '--token=hunter2', '--port', '19530'],
          env: [
            { name: 'MINIO_SECRET_KEY', value: 'hunter2' },
            { name: 'DATABASE_URL', value: 'postgres://me:hunter2@db/x' },
            { name: 'ETCD_PASSWORD', valueFrom: { secretKeyRef: { name: 'etcd', key: 'password' } } },
            { name: 'LOG_LEVEL', value: 'debug' },
          ],
        },
      ],
    },
  };

  it('contains everything except secrets', () => {
    const text = JSON.stringify(maskObject(pod));
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('managedFields');
    for (const kept of ['19530', 'milvusdb/milvus:v2.2.16', 'debug', 'shown', '"key":"password"', 'MINIO_SECRET_KEY'])
      expect(text).toContain(kept);
  });

  it('returns the values that a log must not repeat', () => {
    expect(secretsInObject(pod)).toEqual(['hunter2']);
  });
});
