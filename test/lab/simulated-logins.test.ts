// Every login method, with the built dist/ on the simulated lab; credentials that expire during a run; and the files
// that a cancelled or killed run leaves.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from '../../src/kubernetes/client/connect.js';
import { readServerVersion } from '../../src/kubernetes/client/server-version.js';
import { prepareLogin } from '../../src/runner/login.js';
import { asYaml, kubeconfig } from './bad-inputs.js';
import { killAll, type Finished } from './lab.js';
import { install, readyAfter, useSimulatedLab } from './place.js';
import { observation } from './secrets.js';
import { startTokenProxy, type TokenProxy } from './token-proxy.js';
import { startWrongServers, type WrongServers } from './wrong-servers.js';
import { itFull, rowsOf } from './tier.js';

const place = useSimulatedLab('logins');
const directory = mkdtempSync(join(tmpdir(), 'logins-'));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
let [server, authority, token] = ['', '', ''];
let servers: WrongServers;

beforeAll(async () => {
  const text = readFileSync(place.env.KUBECONFIG ?? '', 'utf8');
  server = /server: "(.*?)"/.exec(text)?.[1] ?? '';
  authority = readFileSync(/certificate-authority: (.*?)\}/.exec(text)?.[1] ?? '', 'utf8');
  token = /token: (\w+)/.exec(text)?.[1] ?? '';
  // For their certificates.
  servers = await startWrongServers(directory);
});

afterAll(() => {
  servers.close();
  rmSync(directory, { recursive: true });
});

const own = (): string =>
  asYaml(kubeconfig({ cluster: { server, 'certificate-authority-data': base64(authority) }, user: { token } }));
const noEnvironment = { KUBECONFIG: '', HOME: directory };

function expectClean(done: Finished, outcome: string): void {
  if (done.outputs.outcome !== outcome) throw new Error(done.log);
  expect(observation([token], done)).toEqual([]);
  expect(Object.keys(done.left)).toEqual(['milvus-upgrade-report.json']);
}

describe('a login on the simulated lab', () => {
  it('upgrades with the text of a kubeconfig, and leaves no copy of it', async () => {
    install(place, '2.2.12');
    expectClean(await place.action.run({ kubeconfig: own() }, noEnvironment), 'succeeded');
  });

  it('upgrades with server, token and ca-certificate, and ignores surrounding white space', async () => {
    install(place, '2.2.12');
    const inputs = {
      server: `${server}/`,
      token: `\n  ${token} \n`,
      'ca-certificate': authority.replaceAll('\n', ' '),
    };
    expectClean(await place.action.run(inputs, noEnvironment), 'succeeded');
  });

  itFull('upgrades with a kubeconfig in a directory that also contains its relative paths and its plugin', async () => {
    install(place, '2.2.12');
    const beside = join(directory, 'beside');
    mkdirSync(join(beside, 'bin'), { recursive: true });
    writeFileSync(join(beside, 'ca.crt'), authority);
    const credential = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token },
    });
    const script = `#!/bin/sh\nenv | grep -q '^INPUT_\\(SET\\|VALUES\\|TOKEN\\|KUBECONFIG\\)=' && exit 1\necho '${credential}'\n`;
    writeFileSync(join(beside, 'bin', 'plugin'), script, { mode: 0o700 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/plugin', interactiveMode: 'Never' };
    writeFileSync(
      join(beside, 'config'),
      kubeconfig({ cluster: { server, 'certificate-authority': 'ca.crt' }, user: { exec } }),
    );
    expectClean(
      await place.action.run({ kubeconfig: join(beside, 'config'), set: 'annotations.a=b' }, noEnvironment),
      'succeeded',
    );
  });

  itFull(
    'merges several files of KUBECONFIG like kubectl and helm: one may be missing, the first definition wins',
    async () => {
      install(place, '2.2.12');
      const parsed = JSON.parse(own()) as Record<string, unknown>;
      const wrong = JSON.parse(kubeconfig({ cluster: { server: 'https://127.0.0.1:9' }, current: '' })) as Record<
        string,
        unknown
      >;
      writeFileSync(join(directory, 'first'), JSON.stringify({ kind: 'Config', clusters: parsed.clusters }));
      writeFileSync(
        join(directory, 'second'),
        JSON.stringify({ ...wrong, users: parsed.users, contexts: parsed.contexts }),
      );
      const KUBECONFIG = [join(directory, 'missing'), join(directory, 'first'), join(directory, 'second')].join(':');
      expectClean(await place.action.run({ context: 'x' }, { ...noEnvironment, KUBECONFIG }), 'succeeded');
    },
  );

  itFull('uses ~/.kube/config, and ignores HELM_KUBE… variables for helm', async () => {
    install(place, '2.2.12');
    mkdirSync(join(directory, '.kube'), { recursive: true });
    writeFileSync(join(directory, '.kube', 'config'), own());
    try {
      expectClean(
        await place.action.run({}, { ...noEnvironment, HELM_KUBEAPISERVER: 'https://127.0.0.1:9' }),
        'succeeded',
      );
    } finally {
      rmSync(join(directory, '.kube'), { recursive: true });
    }
  });

  itFull('skips TLS verification if requested, also for helm', async () => {
    install(place, '2.2.12');
    const inputs = { server, token, 'insecure-skip-tls-verify': 'true' };
    expectClean(await place.action.run(inputs, noEnvironment), 'succeeded');
    const wrong = base64(servers.authority);
    const text = kubeconfig({ cluster: { server, 'certificate-authority-data': wrong }, user: { token } });
    expectClean(
      await place.action.run(
        { kubeconfig: text, 'target-version': '2.2.14', 'insecure-skip-tls-verify': 'true' },
        noEnvironment,
      ),
      'refused',
    );
  });

  it('uses the service account of a pod, also for helm, and reads its token again when it is renewed', async () => {
    const account = join(directory, 'serviceaccount');
    mkdirSync(account);
    writeFileSync(join(account, 'ca.crt'), authority);
    writeFileSync(join(account, 'token'), 'no longer good');
    const { hostname: KUBERNETES_SERVICE_HOST, port: KUBERNETES_SERVICE_PORT } = new URL(server);
    const env = { PATH: place.env.PATH, HOME: directory, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT };
    const login = { kind: 'default', context: null, insecure: false } as const;
    const hidden: string[] = [];
    const access = prepareLogin(login, {
      directory,
      addSecret: (secret) => hidden.push(secret),
      env,
      serviceAccountDirectory: account,
    });
    const cluster = connect(access);
    await expect(readServerVersion(cluster)).rejects.toThrow('401');
    writeFileSync(join(account, 'next'), `${token}\n`);
    renameSync(join(account, 'next'), join(account, 'token'));
    expect(await readServerVersion(cluster)).toMatch(/^1\.\d+$/);
    expect(hidden).toContain(token);
    expect(
      execFileSync('helm', ['list', '--kubeconfig', access.kubeconfig ?? '', '--namespace', 'default'], {
        env,
        encoding: 'utf8',
      }),
    ).toContain('NAME');
  });
});

describe('credentials that expire during a run', () => {
  const watchMilliseconds = 2500;
  const start = (livesMilliseconds: number, sparesHelm = false): Promise<TokenProxy> =>
    startTokenProxy({ directory, server, token, livesMilliseconds, watchMilliseconds, sparesHelm });
  const through = (proxy: TokenProxy, user: object): string =>
    kubeconfig({ cluster: { server: proxy.address, 'certificate-authority-data': base64(servers.authority) }, user });

  it.each(
    rowsOf([
      ['with an expiration time', true],
      ['without an expiration time', false],
    ] as const),
  )('are requested again from an exec plugin, %s, for reads and for watches', async (_title, tells) => {
    install(place, '2.2.12', ...readyAfter(10));
    const proxy = await start(5000, !tells);
    const plugin = join(directory, `plugin-${String(tells)}`);
    const expiry = tells ? ', expirationTimestamp: new Date(now + 4000).toISOString()' : '';
    const status = `{ token: 'young-' + now${expiry} }`;
    const print = `const now = Date.now(); console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: ${status} }));`;
    writeFileSync(plugin, `#!${process.execPath}\n${print}\n`, { mode: 0o700 });
    try {
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
      expectClean(await place.action.run({ kubeconfig: through(proxy, { exec }) }, noEnvironment), 'succeeded');
      expect(proxy.watches.size).toBeGreaterThan(2);
      expect(proxy.reads.size).toBeGreaterThan(2);
      if (tells) expect(proxy.refused()).toBe(0);
      else expect(proxy.refused()).toBeGreaterThan(0);
    } finally {
      proxy.close();
    }
  });

  itFull('are read again from a token file', async () => {
    install(place, '2.2.12', ...readyAfter(10));
    const proxy = await start(5000, true);
    const tokenFile = join(directory, 'token');
    const renew = (): void => {
      writeFileSync(`${tokenFile}.next`, `young-${Date.now()}`);
      renameSync(`${tokenFile}.next`, tokenFile);
    };
    renew();
    const timer = setInterval(renew, 1500);
    try {
      expectClean(await place.action.run({ kubeconfig: through(proxy, { tokenFile }) }, noEnvironment), 'succeeded');
      expect(proxy.watches.size).toBeGreaterThan(2);
    } finally {
      clearInterval(timer);
      proxy.close();
    }
  });

  itFull('end the run soon with an explanation if they cannot be renewed', async () => {
    install(place, '2.2.12', ...readyAfter(25));
    const proxy = await start(600_000, true);
    try {
      const running = place.action.start(
        { kubeconfig: through(proxy, { token: `young-${Date.now()}` }) },
        noEnvironment,
      );
      await running.says(/▶ wait-ready/);
      proxy.expireAll();
      const done = await running.finished;
      expectClean(done, 'failed');
      // Everything has been listed by then; only watches are reconnected.
      expect(done.report?.problem).toMatchObject({
        code: 'login-failed',
        what: expect.stringMatching(/^Cannot watch/),
      });
      expect(done.report?.problem?.why).toMatch(/401|Unauthorized/i);
      expect(done.seconds).toBeLessThan(60);
    } finally {
      proxy.close();
    }
  });
});

describe('a run that is terminated', () => {
  it.each(rowsOf(['SIGKILL', 'SIGTERM', 'SIGINT'] as const))(
    'by %s leaves no file with credentials after its post step, and shows no secret',
    async (signal) => {
      install(place, '2.2.12', ...readyAfter(30));
      const temp = mkdtempSync(join(tmpdir(), 'ended-'));
      const state = join(temp, 'state');
      writeFileSync(state, '');
      const running = place.action.start(
        { kubeconfig: own() },
        { ...noEnvironment, RUNNER_TEMP: temp, GITHUB_STATE: state },
      );
      await running.says(/▶ wait-ready/);
      const [written] = readdirSync(temp, { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.includes('/kubeconfig-'),
      );
      expect(written).toBeDefined();
      if (signal === 'SIGKILL') killAll(running);
      else running.child.kill(signal);
      const done = await running.finished;
      expect(existsSync(join(temp, written ?? ''))).toBe(signal === 'SIGKILL');
      const saved = /^folder<<(\S+)\n([\s\S]*?)\n\1$/m.exec(readFileSync(state, 'utf8'))?.[2];
      execFileSync(process.execPath, ['dist/post.js'], { env: { RUNNER_TEMP: temp, STATE_folder: saved } });
      const left = readdirSync(temp, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(left.map((entry) => entry.name).filter((name) => name !== 'milvus-upgrade-report.json')).toEqual([
        'state',
      ]);
      const texts = Object.fromEntries(
        left.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
      );
      expect(observation([token], { ...done, left: texts })).toEqual([]);
      rmSync(temp, { recursive: true });
    },
  );
});
