// Projects that people really have, on real Docker: each was handled wrongly once. Stand-ins imitate Milvus, etcd is
// real. The identifiers are those of docs/verification/compose-cases.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect } from '@jest/globals';
import { docker, expectEnd, PLAYED, tell, until, type Done, type Project, type Story } from './compose-stage.js';

const [OLD, NEW] = [`${PLAYED}:v2.2.12`, `${PLAYED}:v2.2.16`];
const SHORT = { 'step-timeout': '60s' };

const ETCD = (name: string, more = ''): string => `  etcd:
    container_name: ${name}-etcd
    image: quay.io/coreos/etcd:v3.5.5
    command: etcd -advertise-client-urls=http://127.0.0.1:2379 -listen-client-urls http://0.0.0.0:2379 --data-dir /etcd
    healthcheck: {test: ["CMD", "etcdctl", "endpoint", "health"], interval: 2s, timeout: 20s, retries: 9}
${more}`;

/** `more` are further lines of the service. */
const MILVUS = (image: string, more = ''): string => `    image: ${image}
    command: ["milvus", "run", "standalone"]
    healthcheck: {test: ["CMD", "curl", "-f", "http://localhost:9091/healthz"], interval: 2s, start_period: 30s, retries: 2}
${more}`;

const ENDPOINTS = '    environment: {ETCD_ENDPOINTS: "etcd:2379", PLAY: "${PLAY_STANDALONE:-}"}\n';
const named = (name: string): string => `    container_name: ${name}-standalone\n`;

async function up(project: Project, files: Readonly<Record<string, string>>, ...words: string[]): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(project.path(name)), { recursive: true });
    writeFileSync(project.path(name), text);
  }
  await project.compose('up', '-d', ...words);
  const health = (): Promise<string> =>
    docker('inspect', '-f', '{{.State.Health.Status}}', `${project.name}-standalone`, `${project.name}-etcd`);
  await until('the project is healthy', async () => (await health()) === 'healthy\nhealthy', 90);
}

const failedChecks = ({ report }: Done): string[] => report.failedChecks.map(({ id }) => id);

/** The upgrade changes nothing but the version in these files, and starts no other service. */
async function expectUpgraded(
  project: Project,
  files: readonly string[],
  others: readonly string[] = [],
): Promise<void> {
  const before = files.map((name) => project.text(name));
  const etcd = await project.identity('etcd');
  expectEnd(await project.run('upgrade', SHORT), 'succeeded');
  expect(await project.runs()).toEqual([...others, `standalone ${NEW} running`].sort());
  expect(files.map((name) => project.text(name))).toEqual(before.map((text) => text.replaceAll('v2.2.12', 'v2.2.16')));
  expect(await project.identity('etcd')).toBe(etcd);
  expect([project.notes(), await project.helpers()]).toEqual([[], []]);
}

const STORIES: readonly Story[] = [
  {
    what: 'C2: files that are ahead of the containers: a failed upgrade leads back to the version that ran',
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12', { PLAY_STANDALONE: 'v2.2.16:crash-after=1 exit-code=3' });
      writeFileSync(
        project.path('docker-compose.yml'),
        project.text('docker-compose.yml').replace('v2.2.12', 'v2.2.16'),
      );
      const done = await project.run('upgrade', SHORT);
      expectEnd(done, 'rolled-back');
      expect(await project.runs()).toEqual([`standalone ${OLD} running`]);
    },
  },
  {
    what: 'C4: a variable in .env that another service reads too',
    play: async (project) => {
      const { name } = project;
      const app = `  app: {container_name: ${name}-app, image: "${OLD}", entrypoint: [sleep, "600"], env_file: .env}\n`;
      const milvus = `  standalone:\n${named(name)}${MILVUS('${MILVUS_IMAGE}:${V}', ENDPOINTS)}`;
      await up(project, {
        'docker-compose.yml': `services:\n${ETCD(name)}${app}${milvus}`,
        '.env': `# versions\nMILVUS_IMAGE=${PLAYED}\nV=v2.2.12\n`,
      });
      const identity = await project.identity('app');
      await expectUpgraded(project, ['.env'], [`app ${OLD} running`]);
      expect(await project.identity('app')).toBe(identity);
    },
  },
  {
    what: 'C5: Milvus in two networks, etcd in one of them',
    play: async (project) => {
      const { name } = project;
      const networks = '    networks: [backend, vectors]\n';
      const milvus = `  standalone:\n${named(name)}${MILVUS(OLD, ENDPOINTS + networks)}`;
      const top = 'networks: {backend: {}, vectors: {}}\n';
      const etcd = ETCD(name, '    networks: [vectors]\n');
      await up(project, { 'docker-compose.yml': `services:\n${etcd}${milvus}${top}` });
      await expectUpgraded(project, ['docker-compose.yml']);
    },
  },
  {
    what: 'C6: an included file with its own directory and variables',
    play: async (project) => {
      const { name } = project;
      const milvus = `services:\n${ETCD(name)}  standalone:\n${named(name)}${MILVUS(`${PLAYED}:\${V}`, `${ENDPOINTS}    volumes: ["./data:/var/lib/milvus"]\n`)}`;
      await up(project, {
        'docker-compose.yml': 'include: [{path: ./db/milvus.yaml}]\n',
        'db/milvus.yaml': milvus,
        'db/.env': 'V=v2.2.12\n',
      });
      await expectUpgraded(project, ['db/.env', 'db/milvus.yaml', 'docker-compose.yml']);
      const mounts = await docker('inspect', '-f', '{{range .Mounts}}{{.Source}}{{end}}', `${name}-standalone`);
      expect(mounts).toBe(project.path('db/data'));
    },
  },
  {
    what: 'C7: a service that extends another one: only services that have a container are started',
    play: async (project) => {
      const { name } = project;
      await up(project, {
        'docker-compose.yml': `services:\n${ETCD(name)}  standalone:\n${named(name)}    extends: {file: common.yml, service: milvus-base}\n`,
        'common.yml': `services:\n  milvus-base:\n${MILVUS(OLD, `${ENDPOINTS}    volumes: ["./data:/var/lib/milvus"]\n`)}`,
      });
      await expectUpgraded(project, ['common.yml', 'docker-compose.yml']);
    },
  },
  {
    what: 'C7: a second Milvus of a profile that is not active stays without a container',
    play: async (project) => {
      const { name } = project;
      const data = '    volumes: ["./data:/var/lib/milvus"]\n';
      const debug = `  debug:\n    profiles: [debug]\n${MILVUS(OLD, ENDPOINTS + data)}`;
      const milvus = `  standalone:\n${named(name)}${MILVUS(OLD, ENDPOINTS + data)}`;
      await up(project, { 'docker-compose.yml': `services:\n${ETCD(name)}${milvus}${debug}` });
      const done = await project.run('upgrade', SHORT);
      expectEnd(done, 'succeeded');
      expect(await project.runs()).toEqual([`standalone ${NEW} running`]);
    },
  },
  {
    what: 'C8: Milvus in the network of the host is upgraded, or refused before anything changes',
    play: async (project) => {
      const { name } = project;
      const etcd = ETCD(name, '    ports: ["127.0.0.1:22999:2379"]\n');
      const environment = '    environment: {ETCD_ENDPOINTS: "127.0.0.1:22999"}\n';
      const milvus = `  standalone:\n${named(name)}${MILVUS(OLD, `${environment}    network_mode: host\n`)}`;
      await up(project, { 'docker-compose.yml': `services:\n${etcd}${milvus}` });
      await expectUpgraded(project, ['docker-compose.yml']);
    },
  },
  {
    what: 'C12: a variable that sets the image and the data folder is refused',
    play: async (project) => {
      const { name } = project;
      const volumes = '    volumes: ["./data/milvus-${V}:/var/lib/milvus"]\n';
      const milvus = `  standalone:\n${named(name)}${MILVUS(`${PLAYED}:\${V}`, ENDPOINTS + volumes)}`;
      await up(project, { 'docker-compose.yml': `services:\n${ETCD(name)}${milvus}`, '.env': 'V=v2.2.12\n' });
      const identity = await project.identity('standalone');
      const done = await project.run('upgrade', { ...SHORT, 'skip-checks': 'image-not-editable, mounts-would-change' });
      expectEnd(done, 'refused');
      expect(failedChecks(done)).toEqual(['image-not-editable']);
      expect(done.log).toContain('a new container would start with other data');
      expect([project.text('.env'), await project.identity('standalone')]).toEqual(['V=v2.2.12\n', identity]);
    },
  },
];

describe('a Docker Compose project', () => {
  tell('installations', STORIES);
});
