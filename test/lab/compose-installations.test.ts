// Projects that people really have, on real Docker with real Milvus and its rows: each was handled wrongly once. The
// identifiers are those of docs/verification/compose-cases.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect } from '@jest/globals';
import {
  docker,
  expectEnd,
  PLAYED,
  tell,
  toldBy,
  until,
  type Done,
  type Project,
  type Story,
} from './compose-stage.js';

const MILVUS_IMAGE = 'milvusdb/milvus';
const [OLD, NEW] = [`${MILVUS_IMAGE}:v2.2.12`, `${MILVUS_IMAGE}:v2.2.16`];
/** Of a service that is no Milvus. */
const APP = `${PLAYED}:v2.2.12`;
/** Below this tag is a stand-in, which exits as soon as it has started. */
const BROKEN = `${MILVUS_IMAGE}:v2.2.15`;

const ETCD = (name: string, more = ''): string => `  etcd:
    container_name: ${name}-etcd
    image: quay.io/coreos/etcd:v3.5.5
    command: etcd -advertise-client-urls=http://127.0.0.1:2379 -listen-client-urls http://0.0.0.0:2379 --data-dir /etcd
    healthcheck: {test: ["CMD", "etcdctl", "endpoint", "health"], interval: 2s, timeout: 20s, retries: 9}
${more}`;

const CURL = '["CMD", "env", "LD_LIBRARY_PATH=", "curl", "-f", "http://localhost:9091/healthz"]';

/** `more` are further lines of the service. */
const milvus = (image: string, more = DATA): string => `    image: ${image}
    command: ["milvus", "run", "standalone"]
    healthcheck: {test: ${CURL}, interval: 3s, start_period: 90s, retries: 3}
${more}`;

const environment = (etcd: string): string =>
  `    environment: {ETCD_ENDPOINTS: "${etcd}", COMMON_STORAGETYPE: local, PLAY: "crash-after=1 exit-code=3"}\n`;
const ENVIRONMENT = environment('etcd:2379');
const VOLUMES = '    volumes: ["./data:/var/lib/milvus"]\n';
const DATA = ENVIRONMENT + VOLUMES;
const named = (name: string): string => `    container_name: ${name}-standalone\n`;

/** Starts the project and writes 3,000 rows. Resolves with the result of a search. */
async function begin(project: Project, files: Readonly<Record<string, string>>, host = ''): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(project.path(name)), { recursive: true });
    writeFileSync(project.path(name), text);
  }
  await project.compose('up', '-d');
  const health = (): Promise<string> =>
    docker('inspect', '-f', '{{.State.Health.Status}}', `${project.name}-standalone`, `${project.name}-etcd`);
  await until('the project is healthy', async () => (await health()) === 'healthy\nhealthy', 180);
  return project.rows('make', host);
}

const failedChecks = ({ report }: Done): string[] => report.failedChecks.map(({ id }) => id);

interface Expected {
  readonly rows: string;
  /** The files in which nothing but the version changes. */
  readonly files: readonly string[];
  readonly others?: readonly string[];
  readonly host?: string;
}

/** The upgrade changes nothing but the version, starts no other service, and keeps every row. */
async function expectUpgraded(project: Project, { rows, files, others = [], host }: Expected): Promise<void> {
  const before = files.map((name) => project.text(name));
  const etcd = await project.identity('etcd');
  const done = await project.run('upgrade');
  expectEnd(done, 'succeeded');
  expect(done.report.data?.state).toBe('verified');
  expect(await project.rows('check', host)).toBe(rows);
  expect(await project.runs()).toEqual([...others, `standalone ${NEW} running`].sort());
  expect(files.map((name) => project.text(name))).toEqual(before.map((text) => text.replaceAll('v2.2.12', 'v2.2.16')));
  expect(await project.identity('etcd')).toBe(etcd);
  expect([project.notes(), await project.helpers()]).toEqual([[], []]);
}

const STORIES: readonly Story[] = [
  {
    what: 'C2: files that are ahead of the containers: a failed upgrade restores the version that ran',
    play: async (project) => {
      const { name } = project;
      const file = `services:\n${ETCD(name)}  standalone:\n${named(name)}${milvus(OLD)}`;
      const rows = await begin(project, { 'docker-compose.yml': file });
      await docker('tag', `${PLAYED}:v2.2.16`, BROKEN);
      const ahead = project.text('docker-compose.yml').replace(OLD, BROKEN);
      writeFileSync(project.path('docker-compose.yml'), ahead);
      const done = await project.run('upgrade', { 'target-version': '2.2.15' });
      expectEnd(done, 'rolled-back');
      expect(toldBy(done)).toContain('exited with code 3');
      expect(await project.runs()).toEqual([`standalone ${OLD} running`]);
      expect(await project.rows('check')).toBe(rows);
    },
  },
  {
    what: 'C4: a variable in .env that another service reads too',
    play: async (project) => {
      const { name } = project;
      const app = `  app: {container_name: ${name}-app, image: "${APP}", entrypoint: [sleep, "1200"], env_file: .env}\n`;
      const service = `  standalone:\n${named(name)}${milvus('${MILVUS_IMAGE}:${V}')}`;
      const rows = await begin(project, {
        'docker-compose.yml': `services:\n${ETCD(name)}${app}${service}`,
        '.env': `# versions\nMILVUS_IMAGE=${MILVUS_IMAGE}\nV=v2.2.12\n`,
      });
      const identity = await project.identity('app');
      await expectUpgraded(project, { rows, files: ['.env'], others: [`app ${APP} running`] });
      expect(await project.identity('app')).toBe(identity);
    },
  },
  {
    what: 'C5: Milvus in two networks, etcd in one of them',
    play: async (project) => {
      const { name } = project;
      const service = `  standalone:\n${named(name)}${milvus(OLD, `${DATA}    networks: [backend, vectors]\n`)}`;
      const networks = 'networks: {backend: {}, vectors: {}}\n';
      const etcd = ETCD(name, '    networks: [vectors]\n');
      const rows = await begin(project, { 'docker-compose.yml': `services:\n${etcd}${service}${networks}` });
      await expectUpgraded(project, { rows, files: ['docker-compose.yml'] });
    },
  },
  {
    what: 'C6: an included file with its own directory and variables',
    play: async (project) => {
      const { name } = project;
      const rows = await begin(project, {
        'docker-compose.yml': 'include: [{path: ./db/milvus.yaml}]\n',
        'db/milvus.yaml': `services:\n${ETCD(name)}  standalone:\n${named(name)}${milvus(`${MILVUS_IMAGE}:\${V}`)}`,
        'db/.env': 'V=v2.2.12\n',
      });
      await expectUpgraded(project, { rows, files: ['db/.env', 'db/milvus.yaml', 'docker-compose.yml'] });
      const mounts = await docker('inspect', '-f', '{{range .Mounts}}{{.Source}}{{end}}', `${name}-standalone`);
      expect(mounts).toBe(project.path('db/data'));
    },
  },
  {
    what: 'C7: a service that extends another one: only services that have a container are started',
    play: async (project) => {
      const { name } = project;
      const rows = await begin(project, {
        'docker-compose.yml': `services:\n${ETCD(name)}  standalone:\n${named(name)}    extends: {file: common.yml, service: milvus-base}\n`,
        'common.yml': `services:\n  milvus-base:\n${milvus(OLD)}`,
      });
      await expectUpgraded(project, { rows, files: ['common.yml', 'docker-compose.yml'] });
    },
  },
  {
    what: 'C7: a second Milvus of a profile that is not active stays without a container',
    play: async (project) => {
      const { name } = project;
      const debug = `  debug:\n    profiles: [debug]\n${milvus(OLD)}`;
      const service = `  standalone:\n${named(name)}${milvus(OLD)}`;
      const rows = await begin(project, { 'docker-compose.yml': `services:\n${ETCD(name)}${service}${debug}` });
      expectEnd(await project.run('upgrade'), 'succeeded');
      expect(await project.runs()).toEqual([`standalone ${NEW} running`]);
      expect(await project.rows('check')).toBe(rows);
    },
  },
  {
    what: 'C8: Milvus in the network of the host',
    play: async (project) => {
      const { name } = project;
      const etcd = ETCD(name, '    ports: ["127.0.0.1:22999:2379"]\n');
      const settings = `${environment('127.0.0.1:22999')}${VOLUMES}    network_mode: host\n`;
      const service = `  standalone:\n${named(name)}${milvus(OLD, settings)}`;
      const host = '127.0.0.1';
      const rows = await begin(project, { 'docker-compose.yml': `services:\n${etcd}${service}` }, host);
      await expectUpgraded(project, { rows, files: ['docker-compose.yml'], host });
    },
  },
  {
    what: 'C12: a variable that sets the image and the data directory is refused',
    play: async (project) => {
      const { name } = project;
      const volumes = '    volumes: ["./data/milvus-${V}:/var/lib/milvus"]\n';
      const service = `  standalone:\n${named(name)}${milvus(`${MILVUS_IMAGE}:\${V}`, ENVIRONMENT + volumes)}`;
      const files = { 'docker-compose.yml': `services:\n${ETCD(name)}${service}`, '.env': 'V=v2.2.12\n' };
      const rows = await begin(project, files);
      const identity = await project.identity('standalone');
      const done = await project.run('upgrade', { 'skip-checks': 'image-not-editable, mounts-would-change' });
      expectEnd(done, 'refused');
      expect(failedChecks(done)).toEqual(['image-not-editable']);
      expect(done.log).toContain('a new container would start with other data');
      expect([project.text('.env'), await project.identity('standalone')]).toEqual(['V=v2.2.12\n', identity]);
      expect(await project.rows('check')).toBe(rows);
    },
  },
];

describe('a Docker Compose project', () => {
  tell('installations', STORIES);
});
