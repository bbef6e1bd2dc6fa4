// Fault injection between the product and the Docker daemon: each connection is disturbed once, in a separate run, and
// the next run must have the same result as an undisturbed one: the new version runs, the files contain it, etcd was
// not changed, and no run has left anything.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { PLAYED, Project } from './compose-stage.js';
import { CONNECTION_FAULTS, DockerFaultProxy, type ConnectionFault } from './docker-fault-proxy.js';
import { lab } from './lab.js';

/** The number of concurrent projects; they use two cores. */
const AT_ONCE = 3;

beforeAll(() => {
  lab('node', 'up');
  lab('images', 'compose');
  mkdirSync(join('.lab', 'compose-tests'), { recursive: true });
}, 600_000);

interface Ended {
  readonly connections: number;
  readonly first: string;
  readonly wrong: string;
}

async function play(fault: ConnectionFault, nth: number): Promise<Ended> {
  const project = new Project(`injection-${fault}-${nth}-${process.pid}`);
  const proxy = await DockerFaultProxy.start(fault, nth);
  try {
    await project.up('played-standalone', 'v2.2.12');
    const [files, etcd] = [project.files(), await project.identity('etcd')];
    const first = await project.run('upgrade', { 'docker-host': proxy.address, 'step-timeout': '60s' });
    await project.guardGone();
    const next = await project.run('upgrade');
    const wrong = [
      ['succeeded', 'unchanged'].includes(next.outcome) ? '' : `the next run ended as ${next.outcome}`,
      (await project.runs()).join() === `standalone ${PLAYED}:v2.2.16 running`
        ? ''
        : `runs: ${(await project.runs()).join()}`,
      project.files() === files.replaceAll(/(lab\/milvus-played:)v2\.2\.12/g, '$1v2.2.16')
        ? ''
        : 'the files differ in more than the version',
      (await project.identity('etcd')) === etcd ? '' : 'etcd was touched',
      project.notes().length === 0 ? '' : `state is left: ${project.notes().join()}`,
    ].filter(Boolean);
    return {
      connections: proxy.connections(),
      first: first.outcome,
      wrong: wrong.length > 0 ? `${wrong.join('; ')}\n${first.log}\n${next.log}` : '',
    };
  } finally {
    proxy.close();
    await project.remove();
  }
}

describe('an upgrade with one disturbed connection to the Docker daemon', () => {
  it('leaves a project that the next run completes', async () => {
    const whole = await play('reset', 0);
    expect(whole.wrong).toBe('');
    expect(whole.connections).toBeGreaterThan(10);
    const cases = Array.from({ length: whole.connections }, (_, at) => ({
      nth: at + 1,
      fault: CONNECTION_FAULTS[at % CONNECTION_FAULTS.length]!,
    }));
    const limit = pLimit(AT_ONCE);
    const ended = await Promise.all(
      cases.map((each) => limit(async () => ({ ...each, ...(await play(each.fault, each.nth)) }))),
    );
    const wrong = ended
      .filter((each) => each.wrong !== '')
      .map((each) => `${each.fault} of connection ${each.nth}: ${each.wrong}`);
    process.stderr.write(
      `injection, Docker: ${cases.length} runs, ${ended.filter(({ first }) => first === 'succeeded').length} succeeded, wrong ends: ${wrong.length}\n`,
    );
    expect(wrong).toEqual([]);
  }, 3_600_000);
});
