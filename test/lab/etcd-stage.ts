// A namespace of the node with the etcd of the lab, plain or with TLS, and without Milvus: the test writes the
// sessions.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { V1Deployment } from '@kubernetes/client-node';
import { prepareLogin } from '../../src/runner/login.js';
import type { Cluster } from '../../src/kubernetes/client/cluster.js';
import { connect } from '../../src/kubernetes/client/connect.js';
import type { Login } from '../../src/core/config/login.js';
import { makeCertificates } from './certificates.js';

export class EtcdStage {
  readonly namespace: string;
  readonly env: NodeJS.ProcessEnv;
  readonly directory = mkdtempSync(join(tmpdir(), 'etcd-'));
  constructor(namespace: string, env: NodeJS.ProcessEnv) {
    this.namespace = namespace;
    this.env = env;
  }

  kubectl(...words: string[]): string {
    return this.#kubectl(words);
  }

  apply(...objects: readonly object[]): void {
    this.#kubectl(['apply', '-f', '-'], objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  }

  /** The etcd of lab/node/services.yaml. */
  plain(): void {
    this.#kubectl(['create', 'namespace', this.namespace]);
    this.apply(...manifests());
    this.ready('meta-etcd');
  }

  /**
   * The same with its data in memory, with TLS only and client certificates; the certificates are issued by a CA of its
   * own.
   */
  secure(): void {
    makeCertificates(this.directory, [
      { name: 'server', names: 'DNS:secure-etcd,IP:127.0.0.1' },
      { name: 'client', names: 'DNS:milvus' },
    ]);
    const files = ['authority.pem', 'server.pem', 'client.pem', 'key.pem'].map((file) => `--from-file=${file}`);
    execFileSync('kubectl', ['-n', this.namespace, 'create', 'secret', 'generic', 'etcd-tls', ...files], {
      env: this.env,
      cwd: this.directory,
    });
    const [, deployment] = manifests() as [object, V1Deployment];
    const container = deployment.spec!.template.spec!.containers[0]!;
    const tls =
      '--cert-file /tls/server.pem --key-file /tls/key.pem --trusted-ca-file /tls/authority.pem --client-cert-auth'.split(
        ' ',
      );
    const listen = '--listen-client-urls https://0.0.0.0:2379 --advertise-client-urls https://secure-etcd:2379'.split(
      ' ',
    );
    Object.assign(container, {
      command: ['etcd', '--data-dir', '/data', ...listen, ...tls],
      ports: [{ name: 'client', containerPort: 2379 }],
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name: 'tls', mountPath: '/tls' },
      ],
    });
    Object.assign(deployment.spec!.template.spec!, {
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'tls', secret: { secretName: 'etcd-tls' } },
      ],
    });
    const renamed = JSON.parse(JSON.stringify(deployment).replaceAll('meta-etcd', 'secure-etcd')) as object;
    const spec = { selector: { app: 'secure-etcd' }, ports: [{ port: 12379, targetPort: 'client' }] };
    this.apply(renamed, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'secure-etcd' }, spec });
    this.ready('secure-etcd');
  }

  ready(name: string): void {
    this.#kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=120s']);
  }

  etcdctl(...words: string[]): string {
    return this.#kubectl(['exec', 'deploy/meta-etcd', '--', 'etcdctl', ...words]);
  }

  secureEtcdctl(...words: string[]): string {
    const tls = [
      '--endpoints=https://127.0.0.1:2379',
      '--cacert=/tls/authority.pem',
      '--cert=/tls/client.pem',
      '--key=/tls/key.pem',
    ];
    return this.#kubectl(['exec', 'deploy/secure-etcd', '--', 'etcdctl', ...tls, ...words]);
  }

  /** As the administrator of the lab. */
  admin(): Cluster {
    return this.#connect({ kind: 'path', path: this.env.KUBECONFIG ?? '', context: null, insecure: false });
  }

  /** As the service account of deploy/rbac, with a token. */
  account(): Cluster {
    const token = this.#kubectl(['create', 'token', 'milvus-upgrade', '--duration=1h']).trim();
    const path = join(this.directory, 'account.kubeconfig');
    const cluster = JSON.parse(
      execFileSync('kubectl', ['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'], {
        env: this.env,
        encoding: 'utf8',
      }),
    ) as {
      users: unknown[];
    };
    cluster.users = cluster.users.map((user) => ({ ...(user as object), user: { token } }));
    writeFileSync(path, JSON.stringify(cluster), { mode: 0o600 });
    return this.#connect({ kind: 'path', path, context: null, insecure: false });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
    execFileSync('kubectl', ['delete', 'namespace', this.namespace, '--ignore-not-found', '--wait=false'], {
      env: this.env,
    });
  }

  #connect(login: Login): Cluster {
    return connect(prepareLogin(login, { directory: this.directory, addSecret: () => undefined, env: this.env }));
  }

  #kubectl(words: readonly string[], input = ''): string {
    return execFileSync('kubectl', ['-n', this.namespace, ...words], {
      env: this.env,
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }
}

/** Service, Deployment and claim of the lab's etcd. */
function manifests(): object[] {
  const all = parseAllDocuments(readFileSync('lab/node/services.yaml', 'utf8')).map(
    (document) => document.toJS() as { metadata: { name: string } },
  );
  return all.filter(({ metadata }) => metadata.name === 'meta-etcd');
}
