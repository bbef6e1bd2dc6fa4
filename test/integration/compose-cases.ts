// Compose projects that were handled wrongly once, reduced, and what the product reports for them now. The page
// docs/verification/compose-cases.md is generated from this table.
import { helperNetworks, withAccess } from '../../src/core/compose/network-access.js';
import { networkRules } from '../../src/core/compose/network-rules.js';
import { evaluateMountedConfiguration } from '../../src/core/compose/mounted-configuration.js';
import { planImageEdits } from '../../src/core/compose/files/image-edits.js';
import type { ServiceObservation } from '../../src/core/compose/observation.js';
import { logChanges } from '../../src/core/report/log/checks.js';
import type { CheckResult } from '../../src/core/model/check-result.js';
import { imageForVersion, version } from '../../src/core/model/version.js';
import { containerObservation, projectObservation, serviceObservation } from '../support/containers.js';
import { FakeProject } from '../support/fake-project.js';
import { imageOf, runInputs } from '../support/project-ends.js';
import { COMPOSE } from '../support/project-files.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

/** `report` returns the lines of what is reported. */
export interface ComposeCase {
  readonly id: string;
  readonly situation: string;
  readonly report: () => Promise<readonly string[]> | readonly string[];
}

type Written = Parameters<typeof runInputs>[0];

const standalone = (image: string, added = ''): string => `services:\n  standalone:\n    image: ${image}\n${added}`;
const MQ = '    environment: {MQ_TYPE: woodpecker}\n';

/** What `operation: plan` reports: the failed checks, or the changes, and the warnings. */
async function planOf(project: FakeProject, written: Written): Promise<readonly string[]> {
  const result = await runOn(project, runInputs({ operation: 'plan', ...written }));
  if (project.calls.length > 0) throw new Error('a plan has changed something');
  const checks = ofType(result, 'checked').flatMap((event) => event.checks);
  const failed = ofType(result, 'plan-refused').flatMap((event) => event.failedChecks);
  const warned = checks.filter(({ state, id }) => state === 'warn' && id !== 'dependency-images');
  const ownPass = checks.filter(({ state, id }) => state === 'pass' && id === 'data-owner');
  return [result.outcome, ...failed.map(lineOf), ...[...warned, ...ownPass].map(lineOf), ...imagesIn(result)];
}

function imagesIn(result: RunResult): string[] {
  const images = ofType(result, 'plan-created').map(({ plan }) => plan.image);
  return images.map((image) => `the new image is ${image}`);
}

function lineOf({ id, state, reason, remedy }: CheckResult): string {
  return `${state}: ${id}: ${reason}${remedy === '' ? '' : ` → ${remedy}`}`;
}

function service(name: string, role: string, networks: Record<string, string>, mode = ''): ServiceObservation {
  const setup = { entrypoint: [], command: [], networkMode: mode };
  return serviceObservation({ name, role, containers: [containerObservation({ id: name, name, networks, setup })] });
}

/** Where the helper container is, and at which address Milvus is reached from there. */
function reachOf(services: readonly ServiceObservation[]): string[] {
  const joined = helperNetworks(withAccess(services, []), ['etcd:2379']);
  const reached = withAccess(services, joined).filter(({ role }) => role !== '');
  const named = reached.map(
    ({ name, containers }) => `${name} at ${Object.values(containers[0]?.networks ?? {})[0] ?? 'no address'}`,
  );
  return [
    `the helper container joins ${joined.join(', ')} and reaches ${named.join(', ')}`,
    ...networkRules(projectObservation({ services })).map(lineOf),
  ];
}

function editsIn(files: Readonly<Record<string, string>>, env = ''): string[] {
  const written = Object.entries(files).map(([path, text]) => ({ kind: 'compose' as const, path, text }));
  const variables = env === '' ? [] : [{ kind: 'env' as const, path: '.env', text: env }];
  const images = { milvus: imageOf('2.2.16') };
  const { edits, problems } = planImageEdits({ files: [...written, ...variables], images, environment: {} });
  return [...problems, ...edits.map(({ path, settings }) => `changes ${settings.join(', ')} in ${path}`)];
}

async function crashed(): Promise<readonly string[]> {
  const project = new FakeProject('2.2.12');
  project.files.set(COMPOSE, new FakeProject('2.2.16').files.get(COMPOSE) ?? '');
  project.crashVersion('2.2.16');
  const { outcome } = await runOn(project, runInputs());
  return [`${outcome}: runs ${project.images().join(', ')}`];
}

function variableMissing(): Promise<readonly string[]> {
  const project = new FakeProject('2.6.5').upFrom(standalone(imageOf('2.6.5'), MQ));
  project.files.set(COMPOSE, standalone('milvusdb/milvus:${V:-v2.6.5-gpu}', MQ));
  return planOf(project, { 'target-version': '2.6.15' });
}

const cluster = (release: string): string =>
  `services:\n${['mixture', 'proxy', 'querynode', 'datanode', 'indexnode'].map((role) => `  ${role}:\n    image: ${imageOf(release)}\n    command: milvus run ${role}\n`).join('')}`;

function written(...files: readonly string[]): Promise<readonly string[]> {
  const project = new FakeProject('2.2.12');
  project.facts = { ...project.facts, writtenAtStart: files };
  return planOf(project, {});
}

function ownedByRoot(fixes: boolean): Promise<readonly string[]> {
  const mount = '    volumes: ["/srv/data:/var/lib/milvus"]\n';
  const project = new FakeProject('2.6.20').upFrom(standalone(imageOf('2.6.20'), `${MQ}${mount}`));
  project.dataDirectories = [{ service: 'standalone', path: '/var/lib/milvus', isForeign: true, kibibytes: 3_000_000 }];
  project.fixesDataOwner = fixes;
  return planOf(project, { 'target-version': '3.0.0', 'fix-data-owner': String(fixes) });
}

async function printed(): Promise<readonly string[]> {
  const result = await runOn(new FakeProject('2.2.12'), runInputs({ operation: 'plan' }));
  return logChanges(ofType(result, 'checked')[0]?.changes ?? []);
}

const TAGS = ['v2.5.15-20250718-3a3b374f-gpu-arm64', 'v2.5.10-gpu', '2.5.13', 'v2.4.0-rc.1-gpu'];

export const COMPOSE_CASES: readonly ComposeCase[] = [
  {
    id: 'C1',
    situation: 'A standalone 2.5.16 without MQ_TYPE gets 2.6, which has another default.',
    report: () => planOf(new FakeProject('2.5.16'), { 'target-version': '2.6.15' }),
  },
  { id: 'C2', situation: 'The files are ahead of the containers, and the new version crashes.', report: crashed },
  { id: 'C3', situation: 'A variable that was set at `up` is missing in this run.', report: variableMissing },
  {
    id: 'C4',
    situation: 'Another service has the .env that sets the image as its env_file.',
    report: () => {
      const text = standalone('milvusdb/milvus:${V}', '  app:\n    image: nginx\n    env_file: .env\n');
      return planOf(new FakeProject('2.2.12').upFrom(text, 'V=v2.2.12\n'), {});
    },
  },
  {
    id: 'C5',
    situation: 'etcd is in one of the two networks of Milvus; more services are in the other one.',
    report: () =>
      reachOf([
        service('milvus', 'standalone', { backend: '10.1.0.2', vectors: '10.2.0.2' }),
        service('etcd', '', { vectors: '10.2.0.3' }),
        service('app', '', { backend: '10.1.0.4' }),
        service('web', '', { backend: '10.1.0.5' }),
      ]),
  },
  {
    id: 'C6',
    situation: 'Milvus is in an included file.',
    report: () =>
      editsIn({
        'db/milvus.yaml': `services:\n  milvus:\n    image: ${imageOf('2.2.12')}\n`,
        'compose.yaml': 'include: [{path: ./db/milvus.yaml}]\nservices: {app: {image: nginx}}\n',
      }),
  },
  {
    id: 'C7',
    situation: 'Milvus extends a service of another file.',
    report: () =>
      editsIn({
        'common.yml': `services:\n  milvus-base:\n    image: ${imageOf('2.2.12')}\n`,
        'compose.yaml': 'services:\n  milvus:\n    extends: {file: common.yml, service: milvus-base}\n',
      }),
  },
  {
    id: 'C8',
    situation: 'Milvus uses the network of the host.',
    report: () =>
      reachOf([service('milvus', 'standalone', { host: '' }, 'host'), service('etcd', '', { default: '10.0.0.3' })]),
  },
  {
    id: 'C8',
    situation: 'etcd uses the network of Milvus.',
    report: () =>
      reachOf([service('milvus', 'standalone', { default: '10.0.0.2' }), service('etcd', '', {}, 'container:milvus')]),
  },
  {
    id: 'C9',
    situation: 'The command of the service writes milvus.yaml at each start.',
    report: () => written('/milvus/configs/milvus.yaml of standalone'),
  },
  {
    id: 'C10',
    situation: 'Tags with a variant, a build, or without "v".',
    report: () => TAGS.map((tag) => `${tag} becomes ${imageForVersion(`m:${tag}`, version('2.5.27')).slice(2)}`),
  },
  {
    id: 'C11',
    situation: 'A cluster without a streaming node gets 2.6.',
    report: () => planOf(new FakeProject('2.5.27').upFrom(cluster('2.5.27')), { 'target-version': '2.6.15' }),
  },
  {
    id: 'C12',
    situation: 'The variable of the image also names the data directory.',
    report: () =>
      editsIn(
        {
          'compose.yaml':
            'services:\n  milvus:\n    image: milvusdb/milvus:${V}\n    volumes: ["./data/milvus-${V}:/var/lib/milvus"]\n',
        },
        'V=v2.2.12\n',
      ),
  },
  {
    id: 'C13',
    situation: 'A project has two installations with different versions.',
    report: () => {
      const text = `services:\n  a:\n    image: ${imageOf('2.4.5')}\n  b:\n    image: ${imageOf('2.5.4')}\n`;
      return planOf(new FakeProject('2.4.5').upFrom(text), { 'target-version': '2.4.24' });
    },
  },
  { id: 'C14', situation: 'The data belongs to root, and 3.0 runs as another user.', report: () => ownedByRoot(false) },
  { id: 'C14', situation: 'The same with `fix-data-owner: true`.', report: () => ownedByRoot(true) },
  {
    id: 'C15',
    situation: 'A container outside of the project has the container_name.',
    report: () => {
      const project = new FakeProject('2.2.12');
      project.facts = { ...project.facts, takenNames: ['milvus-standalone (started without Docker Compose)'] };
      return planOf(project, {});
    },
  },
  {
    id: 'C16',
    situation: 'A whole milvus.yaml of an older minor version stays mounted.',
    report: () => {
      const file = 'etcd: {rootPath: by-dev}\n';
      const fresh = 'etcd: {rootPath: by-dev, metaSubPath: meta}\nstreaming: {a: 1}\n';
      const mounted = { service: 'standalone', source: '/srv/milvus.yaml', file, fresh };
      return evaluateMountedConfiguration([mounted], version('2.6.15')).map(lineOf);
    },
  },
  {
    id: 'C17',
    situation: 'The service has `build` beside `image`.',
    report: () =>
      planOf(new FakeProject('2.2.12').upFrom(standalone('acme/milvus:v2.2.12', '    build: ./image\n')), {}),
  },
  { id: 'C18', situation: 'A plan is printed on a terminal.', report: printed },
];
