// The owner of the data of Milvus: read with the script that runs in a container, and changed.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ComposeTools } from '../../../src/compose/apply-tools.js';
import { changeOwners, readDataDirectories } from '../../../src/compose/data-owner.js';
import { evaluateDataOwners, servicesWithOtherUser } from '../../../src/core/compose/data-owner.js';
import { StateDirectory } from '../../../src/compose/project/state-directory.js';
import type { ServiceObservation, UpgradeState } from '../../../src/core/compose/observation.js';
import type { DataOwnerStep } from '../../../src/core/compose/step.js';
import { version } from '../../../src/core/model/version.js';
import {
  containerObservation,
  observationOfProject,
  projectObservation,
  serviceObservation,
} from '../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../support/docker-program.js';

const [FROM, TO] = [version('2.6.20'), version('3.0.0')];

/** `docker run` runs the script on this machine, in a directory that stands for /var/lib/milvus. */
const RUN = `"run --rm")
  [ -e "$FAKE/broken" ] && exit 125
  case "$*" in
    *'entrypoint stat '*) echo 0:1; exit 0 ;;
    *'entrypoint chown '*) [ ! -e "$FAKE/unchangeable" ]; exit $? ;;
  esac
  while [ "$1" != -c ]; do [ $# -gt 0 ] || exit 0; shift; done
  script=$2; shift 3
  user=$1; shift
  sh -c "$script" sh "$user" $(echo "$@" | sed "s#/var/lib/milvus#$FAKE/data#g") ;;`;

let fake: DockerProgram;
beforeEach(() => {
  fake = new DockerProgram().program('docker', `${ANSWERS}\n${RUN}`);
  mkdirSync(join(fake.directory, 'data'));
  writeFileSync(join(fake.directory, 'data', 'segment'), 'x'.repeat(100_000));
});
afterEach(() => fake.remove());

function service(overrides: { readonly user?: string; readonly destination?: string } = {}): ServiceObservation {
  const { user = '', destination = '/var/lib/milvus' } = overrides;
  const base = serviceObservation();
  const mounts = [{ kind: 'volume', source: 'milvus_data', destination }];
  return { ...base, setup: { ...base.setup, user }, containers: [containerObservation({ mounts })] };
}
const project = (own = service()): ReturnType<typeof projectObservation> => projectObservation({ services: [own] });

describe('the data of Milvus', () => {
  it.each([
    ['foreign if root owns a file that others cannot write', 0o644, true],
    ['not foreign if everyone can write to it', 0o777, false],
  ])('is %s', async (_, mode, isForeign) => {
    chmodSync(join(fake.directory, 'data', 'segment'), mode);
    chmodSync(join(fake.directory, 'data'), mode | 0o111);
    const [directory] = await readDataDirectories(await fake.find(), project(), FROM, TO);
    expect(directory).toMatchObject({ service: 'standalone', path: '/var/lib/milvus', isForeign });
    expect(directory?.kibibytes).toBeGreaterThan(90);
  });

  it('has an unknown owner if the container cannot be started', async () => {
    fake.file('broken', '');
    const directories = await readDataDirectories(await fake.find(), project(), FROM, TO);
    expect(directories.map(({ isForeign }) => isForeign)).toEqual([null]);
    const results = evaluateDataOwners({ project: project(), from: FROM, to: TO, isFixed: false }, directories);
    expect(results).toMatchObject([{ id: 'data-owner', state: 'fail', skippable: true }]);
  });

  const images = { standalone: 'milvusdb/milvus:v3.0.0' };
  const step = (owner: string): DataOwnerStep => ({
    kind: 'data-owner',
    id: 'data-owner/milvus@3.0.0',
    timeoutSeconds: 60,
    images,
    directories: [{ service: 'standalone', path: '/var/lib/milvus', owner }],
    why: '',
    source: '',
  });
  const stopped = (): ReturnType<typeof projectObservation> => {
    const own = service();
    return project({ ...own, containers: own.containers.map((container) => ({ ...container, state: 'exited' })) });
  };
  async function change(owner: string, observed = stopped()): Promise<UpgradeState | null> {
    const stateDirectory = new StateDirectory(fake.directory, 'milvus');
    if (!stateDirectory.readState())
      stateDirectory.writeState({ run: 'r', since: 's', from: '2.6.20', to: '3.0.0', images: {}, files: [] });
    const observation = observationOfProject(observed);
    await changeOwners(step(owner), { docker: await fake.find(), observation, stateDirectory } as ComposeTools);
    return stateDirectory.readState();
  }

  it('is given to the new user through the volumes of the stopped container, and its owner is recorded', async () => {
    const state = await change('999:999');
    expect(fake.calls.at(-1)).toBe(
      'docker run --rm --network none --user 0:0 --volumes-from c1 --entrypoint chown sha256:1 -Rh 999:999 /var/lib/milvus',
    );
    expect(state?.owners).toEqual([{ service: 'standalone', path: '/var/lib/milvus', before: '0:1', now: '999:999' }]);
  });

  it('keeps the first recorded owner if it is changed twice, and gets it back', async () => {
    await change('999:999');
    const state = await change('0:1');
    expect(fake.calls.filter((call) => call.includes('stat'))).toHaveLength(1);
    expect(state?.owners).toEqual([{ service: 'standalone', path: '/var/lib/milvus', before: '0:1', now: '0:1' }]);
  });

  it('is recorded as changing while chown runs, so that the next run completes it', async () => {
    fake.file('unchangeable', '');
    await expect(change('999:999')).rejects.toThrow('docker run --rm exited with 1');
    const stateDirectory = new StateDirectory(fake.directory, 'milvus');
    expect(stateDirectory.readState()?.owners).toMatchObject([{ before: '0:1', now: null }]);
  });

  it('is not changed if the service has no container', async () => {
    const own = service();
    await expect(change('999:999', project({ ...own, containers: [] }))).rejects.toThrow('docker compose create');
    expect(fake.calls.filter((call) => call.includes('chown'))).toEqual([]);
  });
});

describe('the check data-owner', () => {
  it.each<[string, ServiceObservation, string, string, boolean]>([
    ['the path crosses 3.0.0', service(), '2.6.20', '3.0.0', true],
    ['the path stays below 3.0.0', service(), '2.5.27', '2.6.20', false],
    ['the files set the user', service({ user: '0:0' }), '2.6.20', '3.0.0', false],
    ['no data is mounted', service({ destination: '/milvus/configs/user.yaml' }), '2.6.20', '3.0.0', false],
    [
      'a directory below the data is mounted',
      service({ destination: '/var/lib/milvus/data' }),
      '2.6.20',
      '3.0.0',
      true,
    ],
  ])('is evaluated if needed: %s', (_, own, from, to, isNeeded) => {
    expect(servicesWithOtherUser(project(own), version(from), version(to)) !== null).toBe(isNeeded);
  });

  it('names the remedies if the data is foreign, and passes if the upgrade changes the owner', () => {
    const directories = [{ service: 'standalone', path: '/var/lib/milvus', isForeign: true, kibibytes: 2048 }];
    const evaluate = (isFixed: boolean): ReturnType<typeof evaluateDataOwners> =>
      evaluateDataOwners({ project: project(), from: FROM, to: TO, isFixed }, directories);
    expect(evaluate(false)[0]?.remedy).toMatch(/fix-data-owner: true.*user: "0:0"/);
    expect(evaluate(true)).toMatchObject([{ state: 'pass', reason: expect.stringContaining('(2 MiB) to user 999') }]);
  });
});
