// One namespace of the simulated lab for each test: Milvus in it, and the action pointed at it.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { Action, environment, HELM, killLeftovers, lab, labWith } from './lab.js';

export const ROLES = ['datacoord', 'datanode', 'indexcoord', 'indexnode', 'proxy', 'querycoord', 'querynode', 'rootcoord'];

/** What a test sees of its place; filled anew before each one. */
export interface Place {
  env: NodeJS.ProcessEnv;
  namespace: string;
  /** The major version of Helm that installs and that the action finds. */
  helm: string;
  action: Action;
}

/** Brings the lab up once for the file, and gives each test a place of its own. */
export function useSimulatedLab(file: string): Place {
  // The same tests run with both Helms at once.
  const prefix = `${file}-helm-${HELM}`;
  const place = { env: {}, namespace: '', helm: HELM } as Place;
  let runs = 0;
  beforeAll(() => {
    lab('simulated', 'up', '3');
    place.env = environment('simulated');
    lab('charts', 'serve');
  }, 3_600_000);
  beforeEach(() => {
    runs += 1;
    place.namespace = `${prefix}-${runs}`;
    place.action = actionIn(place);
  });
  afterEach(killLeftovers);
  afterAll(() => {
    for (let each = 1; each <= runs; each += 1) kubectl(place, 'delete', 'namespace', `${prefix}-${each}`, '--ignore-not-found', '--wait=false');
  });
  return place;
}

function actionIn({ env, namespace }: Place): Action {
  return new Action(env, { release: 'my', namespace, 'target-version': '2.2.16', chart: 'milvus/milvus', 'chart-repository': lab('charts', 'url') });
}

/** The same place, where another Helm is at hand. */
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

/** What `kubectl get … -o jsonpath` prints for each object of the place. */
export function get({ namespace, env }: Pick<Place, 'namespace' | 'env'>, kinds: string, template: string, ...words: string[]): string {
  return execFileSync('kubectl', ['-n', namespace, 'get', kinds, ...words, '-o', `jsonpath={range .items[*]}${template}{"\\n"}{end}`], {
    env,
    encoding: 'utf8',
  }).trim();
}

export function install({ namespace, helm }: Place, version: string, ...flags: string[]): void {
  labWith({ LAB_NAMESPACE: namespace, LAB_RELEASE: 'my', LAB_HELM: helm }, 'milvus', 'simulated', version, ...flags);
}

/** Pods of this installation take so long to become ready. */
export const readyAfter = (seconds: number): string[] => ['--set-string', `annotations.lab\\.milvus/ready-seconds=${seconds}`];

/** The image of every Milvus Deployment, by role. */
export function images(place: Place): Record<string, string> {
  const lines = get(place, 'deployments', '{.metadata.labels.component}={.spec.template.spec.containers[0].image}', '-l', 'component').split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]).filter(([role]) => role !== 'attu'));
}

/** What a run of ours could have changed, and no controller changes by itself. */
export function everything(place: Place): string {
  const deployments = get(place, 'deployments', '{.metadata.name}={.metadata.generation}');
  return deployments + get(place, 'secrets,configmaps,services,leases', '{.kind}/{.metadata.name}={.metadata.resourceVersion}');
}

/** Every role on this tag. */
export const all = (tag: string): Record<string, unknown> => Object.fromEntries(ROLES.map((role) => [role, expect.stringContaining(`:${tag}`)]));

/** Where the charts of the lab are, such as `milvus-4.0.34.tgz`. */
export const chartDirectory = (): string => lab('charts', 'build').trim();
