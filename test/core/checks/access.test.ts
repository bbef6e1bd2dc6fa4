import { describe, expect, it } from '@jest/globals';
import { evaluateAccess, nameOfNeed, needsOfManifest, OWN_NEEDS, uniqueNeeds, type KnownKind, type Need } from '../../../src/core/checks/access.js';
import { object } from '../../fakes/objects.js';

const deployments: KnownKind = { apiVersion: 'apps/v1', kind: 'Deployment', group: 'apps', resource: 'deployments', clusterWide: false };
const old = object('Deployment', 'proxy', { spec: { replicas: 1 } });
const fresh = object('Deployment', 'proxy', { spec: { replicas: 2 } });
const now = (needs: readonly Need[]): string[] => needs.filter((each) => each.now).map(nameOfNeed);

describe('the rights that Helm needs', () => {
  it.each([
    ['an object that stays', [{ before: old, after: old }], ['get deployments.apps']],
    ['one that changes', [{ before: old, after: fresh }], ['get deployments.apps', 'patch deployments.apps']],
    ['one that is added', [{ before: null, after: fresh }], ['get deployments.apps', 'create deployments.apps']],
    ['one that goes', [{ before: old, after: null }], ['get deployments.apps', 'delete deployments.apps']],
  ])('for %s', (_, pairs, rights) => {
    expect(now(needsOfManifest(pairs, [deployments], []))).toEqual(rights);
  });

  it('to run a hook: to make it, watch it and remove it', () => {
    const jobs = { apiVersion: 'batch/v1', kind: 'Job', group: 'batch', resource: 'jobs', clusterWide: false };
    expect(now(needsOfManifest([], [jobs], ['Job']))).toEqual(['get', 'create', 'delete', 'list', 'watch'].map((verb) => `${verb} jobs.batch`));
  });

  it('each once, and needed now wins', () => {
    const later = { ...OWN_NEEDS[0]!, now: false };
    expect(uniqueNeeds([later, OWN_NEEDS[0]!, later])).toEqual([OWN_NEEDS[0]]);
  });
});

describe('access', () => {
  const need = (verb: string, needed: boolean): Need => ({ verb, group: 'apps', resource: 'deployments', why: '', now: needed, clusterWide: false });

  it.each([
    ['passes when all is there', [{ need: need('get', true), allowed: true }], [['pass', '']]],
    [
      'fails, and names all at once',
      [
        { need: need('patch', true), allowed: false },
        { need: need('get', true), allowed: false },
      ],
      [['fail', 'get deployments.apps, patch deployments.apps']],
    ],
    ['only warns of what another upgrade needs', [{ need: need('delete', false), allowed: false }], [['warn', 'delete deployments.apps']]],
    ['only warns where the question is not answered', [{ need: need('get', true), allowed: null }], [['warn', 'not asked']]],
  ])('%s', (_, answers, expected) => {
    const found = evaluateAccess(answers);
    expect(found.map((each) => each.state)).toEqual(expected.map(([state]) => state));
    for (const [at, [, words]] of expected.entries()) expect(found[at]?.reason).toContain(words);
    expect(found.every((each) => !each.skippable)).toBe(true);
  });

  it('names subresources and groups as kubectl does', () => {
    expect(OWN_NEEDS.map(nameOfNeed)).toEqual(expect.arrayContaining(['get pods/log', 'update leases.coordination.k8s.io', 'list pods']));
  });
});
