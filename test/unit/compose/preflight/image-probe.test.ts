// The image probe: an image is pulled and started once before anything is changed.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { probeImage } from '../../../../src/compose/preflight/image-probe.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

const PULLED = '"pull --quiet") echo ok ;;';
const UNREACHABLE = '"pull --quiet") echo "no such host" >&2; exit 1 ;;';
const THERE = '"image inspect") echo sha256:1 ;;';
const ABSENT = '"image inspect") exit 1 ;;';
const STARTS = '"run --rm") echo /milvus/bin/milvus ;;';

let fake: DockerProgram;
beforeEach(() => {
  fake = new DockerProgram();
});
afterEach(() => fake.remove());

describe('the probe of an image', () => {
  it.each([
    ['succeeds if the image is pulled and starts', [PULLED, THERE, STARTS], { state: 'proven' }],
    [
      'accepts a local image that cannot be pulled',
      [UNREACHABLE, THERE, STARTS],
      { state: 'kept', reason: 'no such host' },
    ],
    ['fails if the image does not exist', [UNREACHABLE, ABSENT], { state: 'failed', reason: 'no such host' }],
    [
      'fails if the image does not contain Milvus',
      [PULLED, THERE, '"run --rm") exit 1 ;;'],
      { state: 'failed', reason: 'it does not contain the program "milvus"' },
    ],
    [
      'fails if the image is for another architecture',
      [PULLED, THERE, '"run --rm") echo "exec /bin/sh: exec format error" >&2; exit 1 ;;'],
      { state: 'failed', reason: 'exec /bin/sh: exec format error' },
    ],
  ])('%s', async (_, branches, expected) => {
    fake.program('docker', [ANSWERS, ...branches].join('\n'));
    expect(await probeImage(await fake.find(), 'milvusdb/milvus:v2.2.16', 'milvus')).toMatchObject(expected);
  });
});
