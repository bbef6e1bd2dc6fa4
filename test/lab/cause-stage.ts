// One namespace of the node with a small Milvus of stand-ins (lab/images/player.c): mixcoord, proxy and querynode.
// Everything here is asynchronous, because many stages run concurrently.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lab } from './lab.js';

const start = promisify(execFile);
const OTHERS_OFF = [
  'rootCoordinator',
  'queryCoordinator',
  'indexCoordinator',
  'dataCoordinator',
  'indexNode',
  'dataNode',
].map((component) => `${component}.enabled=false`);
export const PLAYER = 'docker.io/lab/milvus-player';

export class Stage {
  readonly namespace: string;
  readonly env: NodeJS.ProcessEnv;
  constructor(namespace: string, env: NodeJS.ProcessEnv) {
    this.namespace = namespace;
    this.env = env;
  }

  async install(set: readonly string[] = []): Promise<void> {
    const place = { LAB_NAMESPACE: this.namespace, LAB_RELEASE: 'my' };
    const words = [...OTHERS_OFF, 'mixCoordinator.enabled=true', ...set].flatMap((value) => ['--set', value]);
    await start('lab/lab', ['milvus', 'player', '2.2.12', ...words], { env: { ...this.env, ...place } });
  }

  /** Installs any chart of the lab, with stand-ins of any tag. */
  async player(version: string, ...set: readonly string[]): Promise<void> {
    const words = set.flatMap((value) => ['--set', value]);
    await start('lab/lab', ['milvus', 'player', version, ...words], {
      env: { ...this.env, LAB_NAMESPACE: this.namespace, LAB_RELEASE: 'my' },
    });
  }

  async kubectl(...words: string[]): Promise<string> {
    return (await start('kubectl', ['-n', this.namespace, ...words], { env: this.env })).stdout.trim();
  }

  /** Changes a Deployment directly, where the chart has no value for it, and waits for the rollout. */
  async patch(role: string, spec: object): Promise<void> {
    await this.kubectl('patch', 'deployment', `my-milvus-${role}`, '-p', JSON.stringify({ spec }));
    await this.kubectl('rollout', 'status', `deployment/my-milvus-${role}`, '--timeout=120s');
    await this.soon(async () => {
      const pods = await this.kubectl('get', 'pods', '-l', `component=${role}`, '-o', 'name');
      if (pods.includes('\n')) throw new Error('its predecessor is still there');
    });
  }

  /** Prevents the deletion of the pods of a role. */
  async hold(role: string): Promise<void> {
    const pods = await this.kubectl('get', 'pods', '-l', `component=${role}`, '-o', 'name');
    await this.kubectl('patch', pods, '--type=merge', '-p', '{"metadata":{"finalizers":["lab.milvus/hold"]}}');
  }

  async create(manifest: object): Promise<void> {
    const file = join(mkdtempSync(join(tmpdir(), 'manifest-')), 'manifest.json');
    writeFileSync(file, JSON.stringify(manifest));
    await this.kubectl('apply', '-f', file);
  }

  /** The path of the kubeconfig for an account of this stage, once it exists. */
  get kubeconfig(): string {
    return `/tmp/${this.namespace}.kubeconfig`;
  }

  /** Writes a kubeconfig for a service account. */
  async logIn(account: string): Promise<void> {
    const token = await this.kubectl('create', 'token', account);
    const [cluster] = (
      JSON.parse(await this.kubectl('config', 'view', '--raw', '-o', 'json')) as { clusters: { name: string }[] }
    ).clusters;
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      users: [{ name: account, user: { token } }],
      contexts: [{ name: account, context: { cluster: cluster?.name, user: account } }],
      'current-context': account,
    };
    writeFileSync(this.kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }

  /** Retries until it succeeds, for objects that are created only while the action runs. */
  async soon(attempt: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < 60; tries += 1) {
      try {
        await attempt();
        return;
      } catch {
        await pause(1);
      }
    }
  }

  async serving(role: string): Promise<string> {
    return this.kubectl('get', 'deployment', `my-milvus-${role}`, '-o', 'jsonpath={.status.availableReplicas}');
  }

  async remove(): Promise<void> {
    const pauseRecord = await this.kubectl(
      'get',
      'pods',
      '-o',
      'jsonpath={.items[?(@.metadata.finalizers)].metadata.name}',
    );
    for (const pod of pauseRecord.split(' ').filter(Boolean))
      await this.kubectl('patch', 'pod', pod, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await this.kubectl('delete', 'deployments,jobs', '--all', '--wait=false');
    await this.kubectl('delete', 'pods', '--all', '--grace-period=1', '--wait=false');
    await start('kubectl', ['delete', 'namespace', this.namespace, '--wait=false'], { env: this.env });
  }
}

export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** The lab's chart for Milvus 2.2.14, with a change to one file of it. */
export function changedChart(file: string, change: (text: string) => string): string {
  const directory = join(mkdtempSync(join(tmpdir(), 'chart-')), 'milvus');
  cpSync(`${lab('charts', 'build')}/source/4.0.34/milvus`, directory, { recursive: true });
  const path = join(directory, 'templates', file);
  writeFileSync(path, change(readIfThere(path)));
  return directory;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function forgetImages(address: string): void {
  const images = execFileSync('ctr', ['-n', 'k8s.io', 'images', 'ls', '-q'], { encoding: 'utf8' }).split('\n');
  for (const image of images.filter((image) => image.startsWith(address)))
    execFileSync('ctr', ['-n', 'k8s.io', 'images', 'rm', image]);
}
