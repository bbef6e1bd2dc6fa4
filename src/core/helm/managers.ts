// Programs besides Helm that manage the objects of a release and would revert an upgrade: how they are detected, and
// what to do about each. Pure.
import { failSkippable } from '../checks/results.js';
import type { HelmConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import { imageAll } from './image-values.js';
import type { Tool, Manager } from '../model/manager.js';

/** Labels and annotations of one object. */
export interface Marks {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Mark {
  readonly tool: Tool;
  /** The name of the manager according to the labels and annotations; undefined if they do not contain it. */
  readonly name: (marks: Required<Marks>) => string | undefined;
  readonly namespace: (marks: Required<Marks>) => string | undefined;
  readonly source: string;
}

const MARKS: readonly Mark[] = [
  {
    tool: 'flux-helm',
    name: ({ labels }) => labels['helm.toolkit.fluxcd.io/name'],
    namespace: ({ labels }) => labels['helm.toolkit.fluxcd.io/namespace'],
    source: 'fluxcd.io/flux/components/helm/helmreleases: origin labels',
  },
  {
    tool: 'flux-kustomize',
    name: ({ labels }) => labels['kustomize.toolkit.fluxcd.io/name'],
    namespace: ({ labels }) => labels['kustomize.toolkit.fluxcd.io/namespace'],
    source: 'fluxcd.io/flux/components/kustomize/kustomizations: origin labels',
  },
  {
    tool: 'argocd',
    // `<application>:<group>/<kind>:<namespace>/<name>`; outside the namespace of Argo CD, the application is prefixed
    // with `<namespace>_`.
    name: ({ labels, annotations }) =>
      annotations['argocd.argoproj.io/tracking-id']?.split(':')[0]?.split('_').at(-1) ??
      labels['argocd.argoproj.io/instance'],
    namespace: ({ annotations }) => /^([^:_]+)_[^:]+:/.exec(annotations['argocd.argoproj.io/tracking-id'] ?? '')?.[1],
    source: 'argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking',
  },
  {
    tool: 'milvus-operator',
    name: ({ labels }) =>
      labels['app.kubernetes.io/managed-by'] === 'milvus-operator'
        ? (labels['app.kubernetes.io/instance'] ?? '')
        : undefined,
    namespace: () => undefined,
    source: 'zilliztech/milvus-operator pkg/controllers/labels.go',
  },
];

/** Every manager of the objects, without duplicates. */
export function findManagers(objects: readonly (Marks | undefined)[]): Manager[] {
  const found = objects.flatMap((object) =>
    managersOf({ labels: object?.labels ?? {}, annotations: object?.annotations ?? {} }),
  );
  return found.filter((manager, at) => found.findIndex((other) => nameOf(other) === nameOf(manager)) === at);
}

function managersOf(marks: Required<Marks>): Manager[] {
  return MARKS.flatMap(({ tool, name, namespace }) => {
    const found = name(marks);
    return found === undefined ? [] : [{ tool, name: found, namespace: namespace(marks) ?? '' }];
  });
}

/** The manager as named in messages. */
export function describeManager(manager: Manager): string {
  return `${PLATFORM_LABELS[manager.tool]} ${nameOf(manager)}`;
}

const PLATFORM_LABELS: Readonly<Record<Tool, string>> = {
  'flux-helm': 'the Flux HelmRelease',
  'flux-kustomize': 'the Flux Kustomization',
  argocd: 'the Argo CD Application',
  'milvus-operator': 'the Milvus operator with the Milvus object',
};

function nameOf({ namespace, name }: Manager): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** Where to change the version instead. None of these procedures deletes an object or starts a second Milvus. */
export function whereToChange({ tool, name }: Manager, namespace: string): string {
  const places: Readonly<Record<Tool, string>> = {
    'flux-helm': `Set \`image.all.tag\` in the values of the HelmRelease ${name}, in the repository that Flux reads.`,
    'flux-kustomize': `Set the image of every Milvus Deployment in the manifests that the Kustomization ${name} reads.`,
    argocd: `Set \`image.all.tag\` in the Helm values of the Application ${name}, in the repository that Argo CD reads, and sync it.`,
    'milvus-operator': `Set \`spec.components.image\` of the Milvus object: \`kubectl --namespace ${namespace} edit milvus ${name}\`.`,
  };
  return places[tool];
}

interface Pausing {
  readonly code: string;
  readonly pause: string;
  readonly commit: string;
  readonly resume: string;
}

/** For managers of Helm releases. The Milvus operator installs its dependencies with Helm, but not Milvus. */
function pausingOf({ tool, name, namespace }: Manager, values: string): Pausing | null {
  const place = namespace ? ` --namespace ${namespace}` : '';
  const flux = (kind: string): Pick<Pausing, 'code' | 'pause' | 'resume'> => ({
    code: 'managed-by-flux',
    pause: `\`flux suspend ${kind} ${name}${place}\``,
    resume: `\`flux resume ${kind} ${name}${place}\``,
  });
  if (tool === 'flux-helm') return { ...flux('helmrelease'), commit: `commit ${values} to the HelmRelease` };
  if (tool === 'flux-kustomize')
    return { ...flux('kustomization'), commit: `commit ${values} to the source of the Kustomization` };
  if (tool !== 'argocd') return null;
  const app = namespace ? `${namespace}/${name}` : name;
  const commit = `commit ${values} to the source of the Application`;
  return {
    code: 'managed-by-argocd',
    pause: `\`argocd app set ${app} --sync-policy none\``,
    commit,
    resume: 'enable automated sync',
  };
}

/**
 * Failed checks of a release whose objects another program would revert. `chart` is the version of the chart to
 * install.
 */
export function failedChecksOfManagers(
  config: HelmConfig,
  managers: readonly Manager[],
  { image, chart }: { readonly image: string; readonly chart: string },
): CheckResult[] {
  const values = `the chart version${chart ? ` ${chart}` : ''}, \`image.all.tag: ${imageAll(image).tag}\` and the values that the plan lists`;
  return managers.flatMap((manager) => {
    const pausing = pausingOf(manager, values);
    if (!pausing) return [];
    const { code, pause, commit, resume } = pausing;
    return [
      failSkippable(
        code,
        `release ${config.release} is managed by ${describeManager(manager)}, which would restore the old version at its next reconciliation`,
        `Run ${pause}, then run the action and skip this check. After the upgrade ${commit}, and only then ${resume}.`,
        MARKS.find(({ tool }) => tool === manager.tool)?.source ?? '',
      ),
    ];
  });
}
