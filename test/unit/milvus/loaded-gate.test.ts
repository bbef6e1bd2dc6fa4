import { afterEach, describe, expect, it } from '@jest/globals';
import { parseData } from '../../../src/core/config/data.js';
import { LoadedGate } from '../../../src/milvus/loaded-gate.js';
import { FakeMilvus, type FakeMilvusState } from '../../support/fake-milvus.js';
import { inputs } from '../../support/inputs.js';

const opened: FakeMilvus[] = [];
afterEach(() => opened.splice(0).forEach((milvus) => milvus.close()));

async function start(changes: Partial<FakeMilvusState>): Promise<FakeMilvus> {
  const milvus = await new FakeMilvus(changes).listen();
  opened.push(milvus);
  return milvus;
}

const gateOf = (token = ''): LoadedGate =>
  new LoadedGate(
    parseData(
      inputs({ 'milvus-token': token }),
      () => null,
      () => undefined,
    ),
  );
const { signal } = new AbortController();

describe('the gate on loaded collections', () => {
  it.each<readonly [string, FakeMilvusState['offers'], string]>([
    ['both APIs', ['rest', 'management'], ''],
    ['only the REST API v2, with credentials', ['rest'], 'root:Milvus'],
    ['only the management API', ['management'], ''],
  ])('counts the collections that were loaded and are again, with %s', async (_, offers, token) => {
    const milvus = await start({ offers, token });
    const gate = gateOf(token);
    expect(await gate.read(milvus.dial, signal)).toEqual({ desired: 2, usable: 2 });
    milvus.state.collections = milvus.state.collections.map((collection) => ({ ...collection, loaded: false }));
    expect(await gate.read(milvus.dial, signal)).toEqual({ desired: 2, usable: 0 });
  });

  it('continues by name once the new version has closed the management API', async () => {
    const milvus = await start({});
    const gate = gateOf();
    await gate.read(milvus.dial, signal);
    milvus.state.offers = ['rest'];
    milvus.state.collections = milvus.state.collections.map((collection) => ({
      ...collection,
      loaded: collection.name === 'exact',
    }));
    expect(await gate.read(milvus.dial, signal)).toEqual({ desired: 2, usable: 1 });
  });

  it('throws if no API answers, so that the caller reports it', async () => {
    const milvus = await start({ offers: ['rest'], token: 'root:Milvus' });
    await expect(gateOf().read(milvus.dial, signal)).rejects.toThrow();
  });
});
