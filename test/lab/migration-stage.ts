// One namespace of the node with stand-ins of Milvus 2.1.4 (lab/images/player.c, with a chart of that version) and a
// real etcd with metadata. Tests compare before and after: every key with its value, and what runs.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { pause, Stage } from './cause-stage.js';
import { Action } from './lab.js';
import { COUNT, keptOf, KEYS, META, valueOf } from './metadata.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

export const TOOL = 'docker.io/lab/meta-migration:v2.2.0';
export const OLD = 'docker.io/lab/milvus-player:v2.1.4';
export const NEW = 'docker.io/lab/milvus-player:v2.2.16';
/** The replicas and the backup marker of an old run; both are outdated and must be ignored. */
const LEFT_BY_SCRIPT = [
  { metadata: { name: 'milvus-deploy-replicas-my' }, data: { replicas: 'my-milvus-proxy:3 my-milvus-datanode:0' } },
  {
    metadata: { name: 'milvus-meta-migration-config-my', annotations: { backup: 'succeed' } },
    data: { 'migration.yaml': 'etcd: {rootPath: by-dev}' },
  },
];

export class MigrationStage extends Stage {
  /**
   * A data node was added manually, which neither the release nor a scaled-down cluster records. An old run of the
   * documented script has left its ConfigMaps.
   */
  async setUp(): Promise<void> {
    await this.#startEtcd();
    await this.player('chart/3.2.18', 'image.all.tag=v2.1.4', 'metadata.rootPath=team-a');
    await this.kubectl('scale', 'deployment/my-milvus-datanode', '--replicas=2');
    await this.kubectl('rollout', 'status', 'deployment/my-milvus-datanode', '--timeout=120s');
    for (const key of KEYS) await this.etcdctl('put', key, valueOf(key));
    for (const configMap of LEFT_BY_SCRIPT) await this.create({ apiVersion: 'v1', kind: 'ConfigMap', ...configMap });
  }

  action(charts: Partial<Record<InputName, string>>): Action {
    const inputs = { strategy: 'auto', 'target-version': '2.2.16', 'migration-image': TOOL, ...charts };
    return new Action(this.env, { release: 'my', namespace: this.namespace, ...inputs });
  }

  etcdctl(...words: string[]): Promise<string> {
    return this.kubectl('exec', 'deployment/meta-etcd', '--', 'etcdctl', ...words);
  }

  async etcdOn(replicas: 0 | 1): Promise<void> {
    await this.kubectl('scale', 'deployment/meta-etcd', `--replicas=${replicas}`);
    if (replicas === 1) await this.kubectl('rollout', 'status', 'deployment/meta-etcd', '--timeout=120s');
  }

  /** Every key and value, without sessions, which change. */
  async keys(): Promise<string> {
    return keptOf(await this.#read(META));
  }

  /** The number of migrations of the tool. */
  async migrations(): Promise<number> {
    return Number((await this.#read(COUNT)).split('\n')[1] ?? 0);
  }

  /** The distinct states of the Deployments: `image ready/desired`. */
  async runs(): Promise<string[]> {
    const line = '{.spec.template.spec.containers[0].image} {.status.readyReplicas}/{.spec.replicas}';
    const printed = await this.kubectl(
      'get',
      'deployments',
      '-l',
      'component',
      '-o',
      `jsonpath={range .items[*]}${line}{"\\n"}{end}`,
    );
    return [...new Set(printed.split('\n'))].sort();
  }

  /** Increases with every change to a Deployment. */
  generation(): Promise<string> {
    return this.kubectl('get', 'deployment', 'my-milvus-proxy', '-o', 'jsonpath={.metadata.generation}');
  }

  /** The etcd of lab/node/services.yaml. */
  async #startEtcd(): Promise<void> {
    const all = parseAllDocuments(readFileSync('lab/node/services.yaml', 'utf8')).map(
      (document) => document.toJS() as { metadata: { name: string } },
    );
    execFileSync('kubectl', ['create', 'namespace', this.namespace], { env: this.env });
    for (const object of all.filter(({ metadata }) => metadata.name === 'meta-etcd')) await this.create(object);
    await this.kubectl('rollout', 'status', 'deployment/meta-etcd', '--timeout=120s');
  }

  async #read(prefix: string): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.etcdctl('get', '--prefix', prefix);
      } catch (error) {
        if (tries === 10) throw error;
        await pause(1);
      }
    }
  }
}
