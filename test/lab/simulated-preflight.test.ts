// The preflight and the image probe against a real API server: what the server rejects is reported before any change.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../src/core/report/report.js';
import { killAll } from './lab.js';
import { all, everything, get, images, install, kubectl, useSimulatedLab } from './place.js';
import { itFull } from './tier.js';

const place = useSimulatedLab('preflight');

function apply(object: object): void {
  execFileSync('kubectl', ['-n', place.namespace, 'apply', '-f', '-'], {
    env: place.env,
    input: JSON.stringify(object),
  });
}

/** `state: because` of each check, by id. */
function checks(report: Report | null): Record<string, string> {
  return Object.fromEntries((report?.checks ?? []).map((check) => [check.id, `${check.state}: ${check.reason}`]));
}

describe('the preflight', () => {
  it('reports every result and every change at once, without secrets, and a plan leaves nothing behind', async () => {
    install(place, '2.2.12');
    const pods = get(place, 'pods', '{.metadata.name}').split('\n').length;
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'my-milvus-querynode' };
    apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'busy' },
      spec: { scaleTargetRef: target, minReplicas: 2, maxReplicas: 2 },
    });
    apply({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'tight' },
      spec: { maxUnavailable: 0, selector: { matchLabels: { component: 'proxy' } } },
    });
    apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small' },
      spec: { hard: { pods: String(pods + 1) } },
    });
    const status = (): string =>
      get(place, 'resourcequotas', '{.status.used.pods}') +
      get(place, 'poddisruptionbudgets', '/{.status.expectedPods}');
    while (!status().startsWith(`${pods}/`)) await new Promise((resolve) => setTimeout(resolve, 100));
    const before = everything(place);
    const values =
      'proxy: {replica: 3}\nminio: {secretKey: hunter2}\nextraConfigFiles: {user.yaml: "common:\\n  security:\\n    superUserPassword: hunter3\\n"}';
    const told = await place.action.run({ operation: 'plan', values });
    const found = checks(told.report);
    expect(found).toMatchObject({
      access: expect.stringMatching(/^pass/),
      'dry-run': expect.stringMatching(/^pass: the API server accepts all \d+ changes/),
      autoscaler: expect.stringMatching(/^warn.*my-milvus-querynode \(HPA busy, 2 to 2\)/),
      'disruption-budget': expect.stringMatching(/^warn.*tight \(proxy\)/),
      'unknown-values': expect.stringMatching(/^warn.*proxy\.replica \(proxy\.replicas\?\)/),
      quota: expect.stringMatching(/^warn.*small: pods has/),
      'node-room': expect.stringMatching(/^pass/),
    });
    expect(told.report?.changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'Deployment', name: 'my-milvus-proxy', action: 'change' }),
      ]),
    );
    expect(told.summary).toContain('+          image: milvusdb/milvus:v2.2.16');
    expect(told.log.replaceAll(/^::add-mask::.*$/gm, '') + told.summary + JSON.stringify(told.report)).not.toContain(
      'hunter',
    );
    expect(told.outputs).toMatchObject({ outcome: 'planned', changed: 'false' });
    expect(everything(place)).toBe(before);
  });

  it('refuses changes that the API server would reject, and quotes its message', async () => {
    install(place, '2.2.12');
    const told = await place.action.run({ values: 'etcd: {persistence: {size: 20Gi}}\nservice: {port: 99999}' });
    expect(told.outputs).toMatchObject({ outcome: 'refused', changed: 'false' });
    expect(told.report?.failedChecks.map((failedCheck) => failedCheck.id).sort()).toEqual([
      'dry-run',
      'immutable-field',
    ]);
    expect(checks(told.report)['immutable-field']).toMatch(/StatefulSet\/my-etcd.*updates to statefulset spec/);
    expect(checks(told.report)['dry-run']).toMatch(/99999/);
    expect(images(place)).toEqual(all('v2.2.12'));
  });

  itFull('refuses changes that an admission policy denies, unless the check is skipped', async () => {
    install(place, '2.2.12');
    const name = `no-new-tag-${place.namespace}`;
    const constraints = {
      matchPolicy: 'Equivalent',
      resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] }],
    };
    const expression = "!object.spec.template.spec.containers.exists(c, c.image.endsWith('v2.2.16'))";
    apply({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: { matchConstraints: constraints, validations: [{ expression, message: 'not this tag' }] },
    });
    const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': place.namespace } } };
    apply({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'], matchResources },
    });
    try {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const told = await place.action.run({ operation: 'plan' });
      expect(told.report?.failedChecks).toEqual([
        expect.objectContaining({ id: 'admission', reason: expect.stringContaining('not this tag') }),
      ]);
      const skipped = await place.action.run({ operation: 'plan', 'skip-checks': 'admission' });
      expect(skipped.outputs.outcome).toBe('planned');
      expect(checks(skipped.report).admission).toMatch(/^skipped/);
    } finally {
      kubectl(place, 'delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', name);
    }
  });

  it('refuses a quota under which the only pod of a Deployment cannot be replaced', async () => {
    install(place, '2.2.12');
    const pods = get(place, 'pods', '{.metadata.name}').split('\n').length;
    apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'full' },
      spec: { hard: { pods: String(pods) } },
    });
    while (get(place, 'resourcequotas', '{.status.used.pods}') !== String(pods))
      await new Promise((resolve) => setTimeout(resolve, 100));
    const told = await place.action.run({ operation: 'plan' });
    expect(told.report?.failedChecks).toEqual([
      expect.objectContaining({ id: 'quota', reason: expect.stringMatching(/indexnode.*pods has 0 of/) }),
    ]);
  });
});

describe('the image probe', () => {
  const probes = (): string => get(place, 'pods', '{.metadata.name}', '-l', 'milvus-upgrade/probe-of');

  it('detects an image that cannot be pulled before the first change, names the node, and removes its pods', async () => {
    install(place, '2.2.12');
    const told = await place.action.run({ image: 'docker.io/milvusdb/milvus:v2.2.16-gpu-missing' });
    expect(told.outputs).toMatchObject({ outcome: 'refused', changed: 'false' });
    expect(told.report?.failedChecks).toEqual([
      expect.objectContaining({
        id: 'image-probe',
        reason: expect.stringMatching(/node-\d: ImagePullBackOff.*manifest unknown/),
      }),
    ]);
    expect(images(place)).toEqual(all('v2.2.12'));
    expect(probes()).toBe('');
  });

  itFull('removes pods that a killed run has left, and its pods do not count as Milvus pods', async () => {
    install(place, '2.2.12');
    // A probe of this image never ends on the simulated cluster.
    const first = place.action.start({ image: 'docker.io/milvusdb/milvus:v2.2.16-gpu-crash' });
    await first.says(/probing \S+ on 3 nodes/);
    while (probes() === '') await new Promise((resolve) => setTimeout(resolve, 20));
    killAll(first);
    await first.finished;
    const second = await place.action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(second.report?.components).toHaveLength(8);
    expect(checks(second.report)['image-probe']).toMatch(/^pass.*on 3 nodes/);
    expect(probes()).toBe('');
  });
});
