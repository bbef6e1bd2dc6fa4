// The owner of the data of Milvus: read with the script that runs in a container, and changed.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changeDataOwner, readDataDirectories } from '../../../src/compose/data-owner.js';
import { evaluateDataOwners, servicesWithOtherUser } from '../../../src/core/compose/data-owner.js';
import type { ServiceObservation } from '../../../src/core/compose/observation.js';
import { version } from '../../../src/core/model/version.js';
import { containerObservation, projectObservation, serviceObservation } from '../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../support/docker-program.js';

const [FROM, TO] = [version('2.6.20'), version('3.0.0')];

/** `docker run` runs the script on this machine, in a directory that stands for /var/lib/milvus. */
const RUN = `"run --rm")
  [ -e "$FAKE/broken" ] && exit 125
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

  it('is given to the new user through the volumes of the stopped container', async () => {
    const images = { standalone: 'milvusdb/milvus:v3.0.0' };
    await changeDataOwner(await fake.find(), [service()], { uid: 999, images, seconds: 60 });
    expect(fake.calls.at(-1)).toBe(
      'docker run --rm --network none --user 0:0 --volumes-from c1 --entrypoint chown sha256:1 -Rh 999:999 /var/lib/milvus',
    );
  });

  it('is not changed if the container already has the new image', async () => {
    const images = { standalone: service().containers[0]?.image ?? '' };
    await changeDataOwner(await fake.find(), [service()], { uid: 999, images, seconds: 60 });
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
