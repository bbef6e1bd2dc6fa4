// Configuration files that were changed inside a container.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findEdits } from '../../../../src/compose/project/edited-files.js';
import { containerObservation, serviceObservation } from '../../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

const MILVUS_YAML = '/milvus/configs/milvus.yaml';
const DIFF = `C /milvus\nC /milvus/configs\nC ${MILVUS_YAML}\nA /milvus/configs/notes.txt\nD /milvus/configs/user.yaml`;

describe('configuration files that were changed inside a container', () => {
  let fake: DockerProgram;
  beforeEach(() => {
    fake = new DockerProgram();
  });
  afterEach(() => fake.remove());

  const find = async (exec: string, diff: string): Promise<Awaited<ReturnType<typeof findEdits>>> => {
    fake.program('docker', `${ANSWERS}\n"exec c1") ${exec} ;;\n"diff c1") printf '${diff}' ;;`);
    return findEdits(await fake.find(), [serviceObservation()]);
  };

  it('are not searched for in the whole image if no file is newer than the container', async () => {
    expect(await find('true', DIFF)).toEqual({ editedInside: [], writtenAtStart: [] });
    expect(fake.calls.filter((call) => call.startsWith('docker diff'))).toEqual([]);
    expect(fake.calls.at(-1)).toBe('docker exec c1 find /milvus -path /milvus/configs/*.yaml -newercc /.dockerenv');
  });

  it.each([
    ['a file is newer than the container', `echo ${MILVUS_YAML}`],
    ['the container is not running, or has no find', 'exit 126'],
  ])('are those that differ from the image if %s', async (_, exec) => {
    const edits = await find(exec, DIFF);
    expect(edits).toEqual({ editedInside: [`${MILVUS_YAML} of milvus-standalone`], writtenAtStart: [] });
  });

  it('are none if only mounted files are newer', async () => {
    expect(await find(`echo ${MILVUS_YAML}`, 'C /milvus')).toEqual({ editedInside: [], writtenAtStart: [] });
  });

  it('do not include files of a mount, and list those that the command writes separately', async () => {
    fake.program('docker', `${ANSWERS}\n"exec c1") echo ${MILVUS_YAML} ;;\n"diff c1") printf '${DIFF}' ;;`);
    const docker = await fake.find();
    const mounts = [{ kind: 'bind', source: '/srv', destination: MILVUS_YAML }];
    const mounted = serviceObservation({ containers: [containerObservation({ mounts })] });
    expect(await findEdits(docker, [mounted])).toEqual({ editedInside: [], writtenAtStart: [] });
    expect(await findEdits(docker, [serviceObservation({ writes: ['/milvus/configs'] })])).toEqual({
      editedInside: [],
      writtenAtStart: [`${MILVUS_YAML} of milvus-standalone`],
    });
  });
});
