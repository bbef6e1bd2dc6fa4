// deploy/rbac on the simulated lab: an upgrade with exactly those rules, and a report of each permission that is
// removed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { all, images, install, kubectl, useSimulatedLab, type Place } from './place.js';
import { itFull } from './tier.js';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  rules: readonly Rule[];
}

const place = useSimulatedLab('rbac');
const directory = mkdtempSync(join(tmpdir(), 'rbac-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const documents = parseAllDocuments(
  readFileSync('deploy/rbac/namespace.yaml', 'utf8').replace('milvus-upgrade-my-milvus', 'milvus-upgrade-my'),
).map((document) => document.toJS() as Role);
const main = documents.find((document) => document.kind === 'Role' && document.metadata.name === 'milvus-upgrade')!;
/** `verb resource.group` for each permission of a role. */
const rightsOf = ({ rules }: Pick<Role, 'rules'>): string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => {
        const [kind = '', sub] = resource.split('/');
        return verbs.map((verb) => `${verb} ${kind}${group && `.${group}`}${sub ? `/${sub}` : ''}`);
      }),
    ),
  );

/**
 * Applies the manifests, with these rules for the main role, and creates a kubeconfig with the token of the account.
 */
function loginWith({ namespace, env }: Place, rules: readonly Rule[]): string {
  const changed = documents.map((document) => (document === main ? { ...document, rules } : document));
  const input = changed.map((document) => JSON.stringify(document)).join('\n---\n');
  execFileSync('kubectl', ['-n', namespace, 'apply', '-f', '-'], { env, input });
  const token = kubectl(place, '-n', namespace, 'create', 'token', 'milvus-upgrade', '--duration=1h').trim();
  const path = join(directory, namespace);
  writeFileSync(path, readFileSync(env.KUBECONFIG ?? '', 'utf8').replace(/token: \S+\}\}/, `token: ${token}}}`), {
    mode: 0o600,
  });
  return path;
}

/** A chart with every kind of the main role. */
const FLAGS = ['--set', 'log.persistence.enabled=true,minio.enabled=true'];

describe('a run with the permissions of deploy/rbac', () => {
  it('upgrades, and reports that nodes were not checked', async () => {
    install(place, '2.2.12', ...FLAGS);
    const done = await place.action.run({ kubeconfig: loginWith(place, main.rules) });
    if (done.exitCode !== 0) throw new Error(done.log);
    expect(images(place)).toEqual(all('v2.2.16'));
    const states = Object.fromEntries(
      (done.report?.checks ?? []).map((check) => [check.id, `${check.state}: ${check.reason}`]),
    );
    expect(states.access).toMatch(/^pass/);
    expect(states['image-probe']).toMatch(/^pass/);
    expect(states['node-room']).toMatch(/^warn: not checked/);
    expect(states.autoscaler).toMatch(/^pass/);
  });

  it('reports every missing permission except those for observations, and no other', async () => {
    install(place, '2.2.12', ...FLAGS);
    const looking: Rule[] = [
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
    ];
    const told = await place.action.run({ kubeconfig: loginWith(place, looking), operation: 'plan' });
    expect(told.outputs).toMatchObject({ outcome: 'refused', changed: 'false' });
    const access = (told.report?.checks ?? [])
      .filter((check) => check.id === 'access')
      .map((check) => check.reason)
      .join(', ');
    const named = [
      ...access.matchAll(
        /\b(?:get|list|watch|create|update|patch|delete) [a-z]+(?:\.[a-z0-9.]*[a-z0-9])?(?:\/[a-z]+)?/g,
      ),
    ].map((match) => match[0]);
    const given = new Set(rightsOf({ rules: looking }));
    // The chart of the lab has no objects of these kinds; the other permissions for Secrets are needed by Helm.
    const absent = / serviceaccounts$|^patch secrets$/;
    expect(named.sort()).toEqual(
      rightsOf(main)
        .filter((permission) => !given.has(permission) && !absent.test(permission))
        .sort(),
    );
    expect(told.report?.failedChecks.find((failedCheck) => failedCheck.id === 'access')?.reason).toContain(
      'patch deployments.apps',
    );
  });

  itFull('reports every required permission at once if observations are forbidden as well', async () => {
    install(place, '2.2.12');
    const told = await place.action.run({ kubeconfig: loginWith(place, []), operation: 'plan' });
    expect(told.report?.problem).toMatchObject({ code: 'access-denied' });
    for (const right of [
      'list deployments.apps',
      'watch pods',
      'update leases.coordination.k8s.io',
      'create secrets',
      'get pods/log',
      'list events',
    ]) {
      expect(told.report?.problem?.why).toContain(right);
    }
  });
});
