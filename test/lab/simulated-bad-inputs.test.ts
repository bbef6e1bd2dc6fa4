// Every invalid input and login of bad-inputs.ts with the built dist/, as on a runner: reported clearly, nothing
// changed, no file left, no secret shown.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { asYaml, BAD_ROWS, kubeconfig, SECRETS, TOKEN, type BadRow, type Fixtures } from './bad-inputs.js';
import { messageOf, recordOf } from './bad-input-record.js';
import { Action, environment, HELM, killLeftovers, lab, labWith, type Finished } from './lab.js';
import type { BadInputRow } from '../../scripts/pages/lab-records.js';
import { everything, type Place } from './place.js';
import { isRecording, readRecord, saveRecord } from './records.js';
import { observation } from './secrets.js';
import { startWrongServers } from './wrong-servers.js';

/** The number of concurrent runs; they mostly wait. */
const AT_ONCE = 6;

/**
 * No bad input waits for a time limit of the run (step-timeout is 30 min). Not a benchmark: six runs share the machine
 * with the rest of the lab.
 */
const MAX_SECONDS = 120;

const namespace = `bad-inputs-helm-${HELM}`;
const directory = mkdtempSync(join(tmpdir(), 'bad-inputs-'));
const results = new Map<BadRow, Finished>();
let place: Place;
let fixtures: Fixtures;
let before = '';

beforeAll(async () => {
  lab('simulated', 'up', '3');
  lab('charts', 'serve');
  labWith({ LAB_NAMESPACE: namespace, LAB_RELEASE: 'my' }, 'milvus', 'simulated', '2.2.12');
  const env = environment('simulated');
  const chart = { chart: 'milvus/milvus', 'chart-repository': lab('charts', 'url') };
  place = {
    env,
    namespace,
    helm: HELM,
    action: new Action(env, { release: 'my', namespace, 'target-version': '2.2.16', ...chart }),
  };
  fixtures = await makeFixtures(env);
  before = everything(place);
  const waiting = [...BAD_ROWS];
  const worker = async (): Promise<void> => {
    for (let row = waiting.shift(); row; row = waiting.shift()) results.set(row, await run(row));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}, 900_000);

afterEach(killLeftovers);

afterAll(() => {
  fixtures.wrong.close();
  rmSync(directory, { recursive: true });
  execFileSync('kubectl', ['delete', 'namespace', namespace, '--wait=false'], { env: place.env });
});

async function makeFixtures(env: NodeJS.ProcessEnv): Promise<Fixtures> {
  const text = readFileSync(env.KUBECONFIG ?? '', 'utf8');
  const [, server = ''] = /server: "(.*?)"/.exec(text) ?? [];
  const [, authority = ''] = /certificate-authority: (.*?)\}/.exec(text) ?? [];
  const kubectl = (...words: string[]): string =>
    execFileSync('kubectl', ['-n', namespace, ...words], { env, encoding: 'utf8' }).trim();
  kubectl('create', 'serviceaccount', 'powerless');
  const write = (name: string, content: string, mode = 0o600): void =>
    writeFileSync(join(directory, name), content, { mode });
  write('broken.yaml', 'a: [');
  write('secret.yaml', 'kind: Secret\n');
  write('list.yaml', '[]\n');
  write('insecure.yaml', kubeconfig({ cluster: { 'insecure-skip-tls-verify': true } }));
  write('half.yaml', asYaml(kubeconfig({ cluster: { 'certificate-authority': 'missing.crt' } })));
  write('plugin-fails', '#!/bin/sh\necho "the cloud says no, to $CLOUD_SECRET and ${1#--token=}" >&2\nexit 3\n', 0o700);
  const credential = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: TOKEN },
  });
  write('plugin-stale', `#!/bin/sh\necho '${credential}'\n`, 0o700);
  const powerless = kubectl('create', 'token', 'powerless');
  return {
    directory,
    server,
    authority: readFileSync(authority, 'utf8'),
    kubeconfig: text,
    powerless,
    wrong: await startWrongServers(directory),
  };
}

function run({ inputs, env }: BadRow): Promise<Finished> {
  return place.action.run(typeof inputs === 'function' ? inputs(fixtures) : inputs, env?.(fixtures));
}

function resultOf(row: BadRow): Finished {
  const found = results.get(row);
  if (!found) throw new Error('it was not run');
  return found;
}

describe('the action on the simulated lab', () => {
  it('is tested with many invalid inputs and logins', () => {
    expect(BAD_ROWS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(BAD_ROWS.map(({ title }) => title)).size).toBe(BAD_ROWS.length);
  });

  it.each(BAD_ROWS.map((row) => [row.title, row] as const))(
    'reports %s within seconds, leaves no file and shows no secret',
    (_title, row) => {
      const done = resultOf(row);
      expect(messageOf(done)).toMatch(row.says);
      expect(done.log).toMatch(/^::error title=|refused/m);
      expect(done.log).not.toContain('(bug,');
      expect(done.exitCode).toBe(1);
      expect(done.outputs).toMatchObject({ changed: 'false' });
      expect(done.seconds).toBeLessThan(MAX_SECONDS);
      expect(Object.keys(done.left)).toEqual(['milvus-upgrade-report.json']);
      expect(observation([...SECRETS, fixtures.powerless], done)).toEqual([]);
    },
  );

  it('has changed nothing on the cluster in any of these runs', () => {
    expect(everything(place)).toBe(before);
    const written = readFileSync(place.env.LAB_AUDIT_LOG ?? '', 'utf8')
      .split('\n')
      .filter(
        (line) =>
          /"userAgent":"(milvus-upgrade|undici|node|Helm)/.test(line) &&
          /"verb":"(create|update|patch|delete)/.test(line),
      )
      .filter(
        (line) =>
          line.includes(`"namespace":"${namespace}"`) &&
          line.includes('milvus-upgrade') &&
          !line.includes('dryRun=All'),
      );
    expect(written).toEqual([]);
  });

  it('reports the messages of docs/verification/bad-inputs.md (update the record with LAB_RECORD=1, then npm run fix)', () => {
    const rows = BAD_ROWS.map((row) => recordOf(row, resultOf(row), fixtures));
    saveRecord('bad-inputs', rows, ({ title }) => title);
    if (!isRecording) expect(rows).toEqual(readRecord<BadInputRow>('bad-inputs'));
  });
});
