// The check `access`: the rights that the run, Helm and the image probe need, and which of them are missing. Pure; a
// platform queries the cluster.
import type { ObjectPair } from './manifest.js';
import { isChanged } from './manifest.js';
import type { CheckResult } from '../model/check-result.js';
import { fail, notChecked, pass, warn } from './results.js';

/** One right in the namespace of the release, or in the whole cluster if `clusterWide`. */
export interface Need {
  readonly verb: string;
  readonly group: string;
  /** Includes the subresource: `pods/log`. */
  readonly resource: string;
  readonly why: string;
  /** False if only another upgrade, or a rollback, needs it. */
  readonly now: boolean;
  readonly clusterWide: boolean;
  /** True for the Lease of the release: a Role can limit this right to its name. */
  readonly isLock?: boolean;
}

export interface Answer {
  readonly need: Need;
  /** Null if the review itself failed. */
  readonly allowed: boolean | null;
}

/** The API names of a kind. */
export interface KnownKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly group: string;
  readonly resource: string;
  readonly clusterWide: boolean;
}

const managed = (verbs: string, group: string, resource: string, why: string): Need[] =>
  verbs.split(' ').map((verb) => ({ verb, group, resource, why, now: true, clusterWide: false }));

/** The rights that every run needs, whatever the chart contains. deploy/rbac/namespace.yaml grants them. */
export const OWN_NEEDS: readonly Need[] = [
  ...managed('list watch', 'apps', 'deployments', 'to observe the pods and detect when a step is complete'),
  ...managed('list watch', '', 'pods', 'to observe the pods and detect when a step is complete'),
  ...managed('list watch get create update delete', '', 'secrets', 'Helm stores its release records in Secrets'),
  ...managed('get', '', 'configmaps', 'to read the Milvus configuration'),
  // A Role cannot limit `create` to a name: the API server authorizes the request before it knows the name.
  ...managed('create', 'coordination.k8s.io', 'leases', 'the lock of the release'),
  ...managed('get update', 'coordination.k8s.io', 'leases', 'the lock of the release').map((need) => ({
    ...need,
    isLock: true,
  })),
  ...managed('create delete', '', 'pods', 'the image probe starts the new image once'),
  ...managed(
    'patch',
    '',
    'pods',
    'a rolling upgrade removes an old proxy pod from its Service before the pod terminates',
  ),
  ...managed('get', '', 'pods/log', 'diagnostics of a failure'),
  ...managed(
    'list watch',
    '',
    'events',
    'to find out why a Deployment makes no progress, and diagnostics of a failure',
  ),
];

/** The additional rights that a metadata migration needs. deploy/rbac/migration.yaml and rolling.yaml grant them. */
export const MIGRATION_NEEDS: readonly Need[] = [
  ...managed('list watch create patch delete', 'batch', 'jobs', 'the migration tool runs as Jobs'),
  ...managed('list watch create delete', '', 'persistentvolumeclaims', 'the volume for the backup'),
  ...managed('get create patch', '', 'configmaps', 'the journal'),
  ...managed('create', '', 'pods/exec', 'the backup is verified before anything is changed'),
  ...managed('get patch', 'apps', 'deployments', 'Milvus is scaled down and up again'),
];

/**
 * The rights that Helm needs for the objects of both manifests: it reads all of them, creates, patches and deletes
 * according to the plan, and watches its hooks.
 */
export function needsOfManifest(
  pairs: readonly ObjectPair[],
  kinds: readonly KnownKind[],
  hooks: readonly string[],
): Need[] {
  return kinds.flatMap(({ apiVersion, kind, group, resource, clusterWide }) => {
    const own = pairs.filter(({ before, after }) =>
      [before, after].some((object) => object?.kind === kind && object.apiVersion === apiVersion),
    );
    const isHook = hooks.includes(kind);
    const verbs = {
      get: true,
      create: isHook || own.some((pair) => pair.before === null),
      patch: own.some((pair) => pair.before !== null && pair.after !== null && isChanged(pair)),
      delete: isHook || own.some((pair) => pair.after === null),
      ...(isHook ? { list: true, watch: true } : {}),
    };
    const why = `the chart contains ${kind} objects`;
    return Object.entries(verbs).map(([verb, now]) => ({ verb, group, resource, clusterWide, why, now }));
  });
}

/** Removes duplicates; a right that is needed now takes precedence over the same right that is not. */
export function uniqueNeeds(needs: readonly Need[]): Need[] {
  const known = new Map<string, Need>();
  for (const need of needs) if (!known.get(nameOfNeed(need))?.now) known.set(nameOfNeed(need), need);
  return [...known.values()];
}

/** `verb resource.group`, as `kubectl auth can-i` accepts it. */
export function nameOfNeed({ verb, group, resource, clusterWide }: Need): string {
  const [kind = '', subresource] = resource.split('/');
  return `${verb} ${kind}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}${clusterWide ? ' (cluster-wide)' : ''}`;
}

const SOURCE = 'SelfSubjectAccessReview';
const REMEDY = 'Grant the user these rights in the namespace; the manifests in deploy/rbac/ contain all of them.';

/**
 * Reports every missing right in one message. A missing right that is needed now cannot be skipped: the upgrade would
 * fail midway.
 */
export function evaluateAccess(answers: readonly Answer[]): CheckResult[] {
  const missing = answers.filter((answer) => answer.allowed === false).map((answer) => answer.need);
  const unknown = answers.filter((answer) => answer.allowed === null);
  const [now, later] = [missing.filter((need) => need.now), missing.filter((need) => !need.now)].map((needs) =>
    needs.map(nameOfNeed).sort(),
  );
  return [
    ...(unknown.length > 0
      ? [
          notChecked(
            'access',
            `${unknown.length} of ${answers.length} rights could not be reviewed`,
            'No action is needed if the upgrade succeeds.',
          ),
        ]
      : []),
    ...(now && now.length > 0 ? [refuse(now)] : []),
    ...(later && later.length > 0
      ? [
          warn(
            'access',
            `not needed by this upgrade, but a rollback or a later chart may need: ${later.join(', ')}`,
            REMEDY,
            SOURCE,
          ),
        ]
      : []),
    ...(missing.length + unknown.length === 0
      ? [pass('access', `all ${answers.length} required rights are granted`, SOURCE)]
      : []),
  ];
}

function refuse(missing: readonly string[]): CheckResult {
  return fail('access', `the user is not allowed to: ${missing.join(', ')}`, REMEDY, SOURCE);
}
