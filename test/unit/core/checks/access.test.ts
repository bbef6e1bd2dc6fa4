import { describe, expect, it } from '@jest/globals';
import {
  evaluateAccess,
  nameOfNeed,
  needsOfManifest,
  OWN_NEEDS,
  uniqueNeeds,
  type KnownKind,
  type Need,
} from '../../../../src/core/checks/access.js';
import { object } from '../../../support/objects.js';

const deployments: KnownKind = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  group: 'apps',
  resource: 'deployments',
  clusterWide: false,
};
const old = object('Deployment', 'proxy', { spec: { replicas: 1 } });
const fresh = object('Deployment', 'proxy', { spec: { replicas: 2 } });
const now = (needs: readonly Need[]): string[] => needs.filter((need) => need.now).map(nameOfNeed);

describe('needsOfManifest', () => {
  it.each([
    ['an unchanged object', [{ before: old, after: old }], ['get deployments.apps']],
    ['a changed object', [{ before: old, after: fresh }], ['get deployments.apps', 'patch deployments.apps']],
    ['an added object', [{ before: null, after: fresh }], ['get deployments.apps', 'create deployments.apps']],
    ['a removed object', [{ before: old, after: null }], ['get deployments.apps', 'delete deployments.apps']],
  ])('returns the rights that Helm needs for %s', (_, pairs, rights) => {
    expect(now(needsOfManifest(pairs, [deployments], []))).toEqual(rights);
  });

  it('includes the rights to create, watch and delete a hook', () => {
    const jobs = { apiVersion: 'batch/v1', kind: 'Job', group: 'batch', resource: 'jobs', clusterWide: false };
    expect(now(needsOfManifest([], [jobs], ['Job']))).toEqual(
      ['get', 'create', 'delete', 'list', 'watch'].map((verb) => `${verb} jobs.batch`),
    );
  });

  it('is deduplicated by uniqueNeeds, which prefers rights that are needed now', () => {
    const later = { ...OWN_NEEDS[0]!, now: false };
    expect(uniqueNeeds([later, OWN_NEEDS[0]!, later])).toEqual([OWN_NEEDS[0]]);
  });
});

describe('the check access', () => {
  const need = (verb: string, needed: boolean): Need => ({
    verb,
    group: 'apps',
    resource: 'deployments',
    why: '',
    now: needed,
    clusterWide: false,
  });

  it.each([
    ['passes if all rights are granted', [{ need: need('get', true), allowed: true }], [['pass', '']]],
    [
      'fails, and names all at once',
      [
        { need: need('patch', true), allowed: false },
        { need: need('get', true), allowed: false },
      ],
      [['fail', 'get deployments.apps, patch deployments.apps']],
    ],
    [
      'warns about a right that only another upgrade needs',
      [{ need: need('delete', false), allowed: false }],
      [['warn', 'delete deployments.apps']],
    ],
    ['warns if a right could not be reviewed', [{ need: need('get', true), allowed: null }], [['warn', 'not checked']]],
  ])('%s', (_, answers, expected) => {
    const found = evaluateAccess(answers);
    expect(found.map((finding) => finding.state)).toEqual(expected.map(([state]) => state));
    for (const [at, [, words]] of expected.entries()) expect(found[at]?.reason).toContain(words);
    expect(found.every((finding) => !finding.skippable)).toBe(true);
  });

  it('formats subresources and groups like kubectl', () => {
    expect(OWN_NEEDS.map(nameOfNeed)).toEqual(
      expect.arrayContaining(['get pods/log', 'update leases.coordination.k8s.io', 'list pods']),
    );
  });
});
