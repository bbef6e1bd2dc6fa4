// The check `access`: which rights the run, Helm and the rehearsal need, and which of them are missing. Pure; who asks the cluster is a platform.
import type { ObjectPair } from '../manifest.js';
import { isChanged } from '../manifest.js';
import { notChecked, pass, warn, type Finding } from './finding.js';

/** One right in the namespace of the release (or, where `clusterWide`, in all of the cluster). */
export interface Need {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly why: string;
  /** False for what only another upgrade, or a rollback, would need. */
  readonly now: boolean;
  readonly clusterWide: boolean;
  /** For the Lease of the release alone: a Role may name it. */
  readonly isLock?: boolean;
}

export interface Answer {
  readonly need: Need;
  /** Null where the question itself was not answered. */
  readonly allowed: boolean | null;
}

/** What a kind is called in the API. */
export interface KnownKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly group: string;
  readonly resource: string;
  readonly clusterWide: boolean;
}

const managed = (verbs: string, group: string, resource: string, why: string): Need[] =>
  verbs.split(' ').map((verb) => ({ verb, group, resource, why, now: true, clusterWide: false }));

/** What every run needs, whatever the chart holds. deploy/rbac/namespace.yaml gives it. */
export const OWN_NEEDS: readonly Need[] = [
  ...managed('list watch', 'apps', 'deployments', 'to see what runs and when it is done'),
  ...managed('list watch', '', 'pods', 'to see what runs and when it is done'),
  ...managed('list watch get create update delete', '', 'secrets', 'Helm keeps its release records in Secrets'),
  ...managed('get', '', 'configmaps', "to read Milvus' configuration"),
  // A Role cannot limit `create` to a name: the API server decides on it before it knows the name.
  ...managed('create', 'coordination.k8s.io', 'leases', 'the lock of the release'),
  ...managed('get update', 'coordination.k8s.io', 'leases', 'the lock of the release').map((need) => ({ ...need, isLock: true })),
  ...managed('create delete', '', 'pods', 'the rehearsal starts the new image once'),
  ...managed('patch', '', 'pods', 'in a rolling upgrade an old proxy leaves its Service before it ends'),
  ...managed('get', '', 'pods/log', 'evidence of a failure'),
  ...managed('list watch', '', 'events', 'to tell why a Deployment does not go on, and evidence of a failure'),
];

/** What a metadata migration needs beside that. deploy/rbac/migration.yaml and rolling.yaml give it. */
export const MIGRATION_NEEDS: readonly Need[] = [
  ...managed('list watch create patch delete', 'batch', 'jobs', 'the migration tool runs as Jobs'),
  ...managed('list watch create delete', '', 'persistentvolumeclaims', 'the volume for the backup'),
  ...managed('get create patch', '', 'configmaps', 'the journal'),
  ...managed('create', '', 'pods/exec', 'the backup is read through before anything is changed'),
  ...managed('get patch', 'apps', 'deployments', 'Milvus is stopped and started again'),
];

/** What Helm needs for the objects of both manifests: it reads each, creates, patches and deletes as the plan says, and watches its hooks. */
export function needsOfManifest(pairs: readonly ObjectPair[], kinds: readonly KnownKind[], hooks: readonly string[]): Need[] {
  return kinds.flatMap(({ apiVersion, kind, group, resource, clusterWide }) => {
    const own = pairs.filter(({ before, after }) => [before, after].some((each) => each?.kind === kind && each.apiVersion === apiVersion));
    const isHook = hooks.includes(kind);
    const verbs = {
      get: true,
      create: isHook || own.some((each) => each.before === null),
      patch: own.some((each) => each.before !== null && each.after !== null && isChanged(each)),
      delete: isHook || own.some((each) => each.after === null),
      ...(isHook ? { list: true, watch: true } : {}),
    };
    const why = `Helm has ${kind} objects in the chart`;
    return Object.entries(verbs).map(([verb, now]) => ({ verb, group, resource, clusterWide, why, now }));
  });
}

/** Each right once; one that is needed now wins over the same that is not. */
export function uniqueNeeds(needs: readonly Need[]): Need[] {
  const known = new Map<string, Need>();
  for (const each of needs) if (!known.get(nameOfNeed(each))?.now) known.set(nameOfNeed(each), each);
  return [...known.values()];
}

/** `verb resource.group`, as `kubectl auth can-i` takes it. */
export function nameOfNeed({ verb, group, resource, clusterWide }: Need): string {
  const [kind = '', subresource] = resource.split('/');
  return `${verb} ${kind}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}${clusterWide ? ' (cluster-wide)' : ''}`;
}

const SOURCE = 'SelfSubjectAccessReview';
const REMEDY = 'Give the user these rights in the namespace; deploy/rbac/ has all of them.';

/** Names everything that is missing at once. Nothing that is missing now can be waived: the upgrade would break off in the middle. */
export function evaluateAccess(answers: readonly Answer[]): Finding[] {
  const missing = answers.filter((each) => each.allowed === false).map((each) => each.need);
  const unknown = answers.filter((each) => each.allowed === null);
  const [now, later] = [missing.filter((each) => each.now), missing.filter((each) => !each.now)].map((needs) => needs.map(nameOfNeed).sort());
  return [
    ...(unknown.length > 0
      ? [notChecked('access', `${unknown.length} of ${answers.length} rights could not be reviewed`, 'Nothing needs to be done when the upgrade goes through.')]
      : []),
    ...(now && now.length > 0 ? [refuse(now)] : []),
    ...(later && later.length > 0
      ? [warn('access', `this upgrade does without, but a rollback or a later chart may need: ${later.join(', ')}`, REMEDY, SOURCE)]
      : []),
    ...(missing.length + unknown.length === 0 ? [pass('access', `all ${answers.length} rights that are needed are there`, SOURCE)] : []),
  ];
}

function refuse(missing: readonly string[]): Finding {
  return { id: 'access', state: 'fail', reason: `the user may not: ${missing.join(', ')}`, remedy: REMEDY, source: SOURCE, skippable: false };
}
