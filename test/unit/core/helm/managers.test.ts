// Releases that another program manages, and Milvus without a Helm release.
import { describe, expect, it } from '@jest/globals';
import { findManagers } from '../../../../src/core/helm/managers.js';
import { FakeCluster } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn } from '../../../support/tools.js';
import type { Manager } from '../../../../src/core/model/manager.js';

const flux: Manager = { tool: 'flux-helm', name: 'vectors', namespace: 'gitops' };
const argocd: Manager = { tool: 'argocd', name: 'vectors', namespace: '' };
const operator: Manager = { tool: 'milvus-operator', name: 'my', namespace: '' };

describe('the managers of objects', () => {
  it.each([
    [
      'a Flux HelmRelease',
      { labels: { 'helm.toolkit.fluxcd.io/name': 'vectors', 'helm.toolkit.fluxcd.io/namespace': 'gitops' } },
      flux,
    ],
    [
      'a Flux Kustomization',
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
      { tool: 'flux-kustomize', name: 'apps', namespace: '' },
    ],
    ['an Argo CD Application by its label', { labels: { 'argocd.argoproj.io/instance': 'vectors' } }, argocd],
    [
      'one by its annotation',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'vectors:apps/Deployment:prod/my-milvus-proxy' } },
      argocd,
    ],
    [
      'one in another namespace',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'team_vectors:apps/Deployment:prod/my-milvus-proxy' } },
      { ...argocd, namespace: 'team' },
    ],
    [
      'the Milvus operator',
      { labels: { 'app.kubernetes.io/managed-by': 'milvus-operator', 'app.kubernetes.io/instance': 'my' } },
      operator,
    ],
  ])('are %s', (_, marks, manager) => {
    expect(findManagers([marks, marks, {}])).toEqual([manager]);
  });

  it('are empty if only Helm manages the objects', () => {
    expect(
      findManagers([
        { labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'my' } },
        undefined,
      ]),
    ).toEqual([]);
  });
});

describe('a release that another program manages', () => {
  it.each([
    [
      'managed-by-flux',
      flux,
      'release my is managed by the Flux HelmRelease gitops/vectors, which would restore the old version at its next reconciliation',
      'Run `flux suspend helmrelease vectors --namespace gitops`, then run the action and skip this check. After the upgrade commit the chart version 4.0.34, `image.all.tag: v2.2.16` and the values that the plan lists to the HelmRelease, and only then `flux resume helmrelease vectors --namespace gitops`.',
    ],
    [
      'managed-by-argocd',
      argocd,
      'release my is managed by the Argo CD Application vectors, which would restore the old version at its next reconciliation',
      'Run `argocd app set vectors --sync-policy none`, then run the action and skip this check. After the upgrade commit the chart version 4.0.34, `image.all.tag: v2.2.16` and the values that the plan lists to the source of the Application, and only then enable automated sync.',
    ],
  ])('is refused with %s unless that check is skipped', async (code, manager, reason, remedy) => {
    const cluster = new FakeCluster('2.2.12', { managers: [manager] });
    const result = await runOn(cluster, inputs());
    expect(ofType(result, 'plan-refused')[0]?.failedChecks).toEqual([
      expect.objectContaining({ id: code, reason, remedy, skippable: true }),
    ]);
    expect(cluster.applied).toEqual([]);
    expect((await runOn(cluster, inputs({ 'skip-checks': code }))).outcome).toBe('succeeded');
    expect((await runOn(cluster, inputs())).outcome).toBe('unchanged');
  });
});

describe('Milvus without a Helm release', () => {
  const deployments = ['my-milvus-proxy', 'my-milvus-querynode'];
  it.each<[string, readonly Manager[], string, string]>([
    [
      'Argo CD',
      [argocd],
      'They are managed by the Argo CD Application vectors',
      'Set `image.all.tag` in the Helm values of the Application vectors',
    ],
    [
      'the operator',
      [operator],
      'They are managed by the Milvus operator with the Milvus object my',
      '`kubectl --namespace default edit milvus my`',
    ],
    ['no known program', [], 'No label names a program that manages them', '`helm template`'],
  ])('is not upgraded, and %s is named', async (_, managers, why, remedy) => {
    const cluster = new FakeCluster('2.2.12', { withoutRelease: { deployments, managers } });
    const { problem } = await runOn(cluster, inputs());
    expect(problem).toMatchObject({
      code: 'release-not-found',
      why: expect.stringContaining(why),
      remedy: expect.stringContaining(remedy),
    });
    expect(problem?.why).toContain(
      'Milvus runs there, but was not installed by Helm: Deployments my-milvus-proxy, my-milvus-querynode.',
    );
  });

  it.each([
    ['2.2.16', 'succeeded'],
    ['2.2.12', 'failed'],
  ])('is verified: %s %s', async (version, outcome) => {
    const cluster = new FakeCluster(version, { withoutRelease: { deployments, managers: [argocd] } });
    expect((await runOn(cluster, inputs({ operation: 'verify' }))).outcome).toBe(outcome);
  });
});
