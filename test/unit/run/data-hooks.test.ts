import { describe, expect, it } from '@jest/globals';
import { parseData } from '../../../src/core/config/data.js';
import { writeProbe } from '../../../src/run/data-hooks.js';
import { inputs } from '../../support/inputs.js';

const data = parseData(
  inputs({ 'write-probe': 'true' }),
  () => null,
  () => undefined,
);

describe.each([
  ['upgrade', ['write-probe']],
  ['rollback', []],
] as const)('the write probe of the operation %s', (operation, failed) => {
  it(`reports ${failed.length} failed checks if Milvus cannot be reached`, async () => {
    const unlimited = {
      dialMilvus: () => Promise.reject(new Error('no pod is ready')),
      waitForChange: () => Promise.resolve(),
    };
    const { signal } = new AbortController();
    const tools = { emit: () => undefined, monotonic: () => 0 };
    const probe = writeProbe(
      { config: { operation, data }, tools },
      { unlimited, platform: { saveEvidence: () => Promise.resolve(null) }, signal },
    );
    expect((await probe.before('2.2.12', { isReady: true })).map(({ id }) => id)).toEqual(failed);
  });
});
