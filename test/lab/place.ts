// One namespace of the simulated lab for each test, with Milvus and the inputs of the action for it.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { Action, environment, HELM, killLeftovers, lab, labWith } from './lab.js';

export const ROLES = [
  'datacoord',
  'datanode',
  'indexcoord',
  'indexnode',
  'proxy',
  'querycoord',
  'querynode',
  'rootcoord',
];

/** The namespace of a test; reset before each test. */
export interface Place {
  env: NodeJS.ProcessEnv;
  namespace: string;
  /** The major version of Helm that installs Milvus and that the action uses. */
  helm: string;
  action: Action;
}

/** Starts the lab once for the file, and provides each test with a namespace of its own. */
export function useSimulatedLab(file: string): Place {
  // The same tests run concurrently with both versions of Helm.
  const prefix = `${file}-helm-${HELM}`;
  const place = { env: {}, namespace: '', helm: HELM } as Place;
  let runs = 0;
  beforeAll(() => {
    lab('simulated', 'up', '3');
    place.env = environment('simulated');
    lab('charts', 'serve');
    deleteNamespaces(place, namespacesOf(place, prefix));
  }, 3_600_000);
  beforeEach(() => {
    runs += 1;
    place.namespace = `${prefix}-${runs}`;
    place.action = actionIn(place);
  });
  afterEach(killLeftovers);
  afterAll(() =>
    deleteNamespaces(
      place,
      Array.from({ length: runs }, (_, index) => `${prefix}-${index + 1}`),
    ),
  );
  return place;
}

/** The namespaces that a run of the same tests has left because it was interrupted. */
function namespacesOf(place: Place, prefix: string): string[] {
  return kubectl(
    place,
    'get',
    'namespaces',
    '--field-selector=status.phase=Active',
    '-o',
    'jsonpath={.items[*].metadata.name}',
  )
    .split(' ')
    .filter((name) => name.startsWith(`${prefix}-`) && /^\d+$/.test(name.slice(prefix.length + 1)));
}

/** Workloads go first: their controllers would otherwise create pods in a terminating namespace, hundreds of times. */
function deleteNamespaces(place: Place, namespaces: readonly string[]): void {
  if (namespaces.length === 0) return;
  for (const namespace of namespaces)
    kubectl(place, '-n', namespace, 'delete', 'deployments,statefulsets,jobs', '--all', '--wait=false');
  kubectl(place, 'delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait=false');
}

function actionIn({ env, namespace }: Place): Action {
  return new Action(env, {
    release: 'my',
    namespace,
    'target-version': '2.2.16',
    chart: 'milvus/milvus',
    'chart-repository': lab('charts', 'url'),
  });
}

/** The same namespace, with another version of Helm. */
export function withHelm(place: Place, helm: string): Place {
  const there = { ...place, helm, env: environment('simulated', helm) };
  return { ...there, action: actionIn(there) };
}

export function kubectl({ env }: Pick<Place, 'env'>, ...words: string[]): string {
  return execFileSync('kubectl', words, { env, encoding: 'utf8' });
}

export function helm({ namespace, env }: Pick<Place, 'namespace' | 'env'>, ...words: string[]): string {
  return execFileSync('helm', ['-n', namespace, ...words], { env, encoding: 'utf8' });
}

/** The output of `kubectl get … -o jsonpath` for each object of the namespace. */
export function get(
  { namespace, env }: Pick<Place, 'namespace' | 'env'>,
  kinds: string,
  template: string,
  ...words: string[]
): string {
  return execFileSync(
    'kubectl',
    ['-n', namespace, 'get', kinds, ...words, '-o', `jsonpath={range .items[*]}${template}{"\\n"}{end}`],
    {
      env,
      encoding: 'utf8',
    },
  ).trim();
}

export function install({ namespace, helm }: Place, version: string, ...flags: string[]): void {
  labWith({ LAB_NAMESPACE: namespace, LAB_RELEASE: 'my', LAB_HELM: helm }, 'milvus', 'simulated', version, ...flags);
}

/** How long the pods of this installation take to become ready. */
export const readyAfter = (seconds: number): string[] => [
  '--set-string',
  `annotations.lab\\.milvus/ready-seconds=${seconds}`,
];

/** The image of every Milvus Deployment, by role. */
export function images(place: Place): Record<string, string> {
  const lines = get(
    place,
    'deployments',
    '{.metadata.labels.component}={.spec.template.spec.containers[0].image}',
    '-l',
    'component',
  ).split('\n');
  return Object.fromEntries(
    lines.map((line) => line.split('=') as [string, string]).filter(([role]) => role !== 'attu'),
  );
}

/** The state that a run could have changed and that no controller changes automatically. */
export function everything(place: Place): string {
  const deployments = get(place, 'deployments', '{.metadata.name}={.metadata.generation}');
  return (
    deployments +
    get(place, 'secrets,configmaps,services,leases', '{.kind}/{.metadata.name}={.metadata.resourceVersion}')
  );
}

/** The image tag of every role. */
export const all = (tag: string): Record<string, unknown> =>
  Object.fromEntries(ROLES.map((role) => [role, expect.stringContaining(`:${tag}`)]));

/** The directory of the charts of the lab, such as `milvus-4.0.34.tgz`. */
export const chartDirectory = (): string => lab('charts', 'build').trim();
