// Connections to a Milvus that uses TLS, with certificates of an authority of the test.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseData } from '../../src/core/config/data.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';
import { milvusAccess } from '../../src/milvus/access.js';
import { openMilvusApi } from '../../src/milvus/open-api.js';
import { makeCertificates } from '../lab/certificates.js';
import { FakeMilvus } from '../support/fake-milvus.js';
import { inputs } from '../support/inputs.js';

const directory = mkdtempSync(join(tmpdir(), 'milvus-tls-'));
const file = (name: string): string => readFileSync(join(directory, name), 'utf8');
const opened: FakeMilvus[] = [];
beforeAll(() =>
  makeCertificates(directory, [
    { name: 'local', names: 'DNS:localhost,IP:127.0.0.1' },
    { name: 'other', names: 'DNS:milvus.example.com' },
  ]),
);
afterEach(() => opened.splice(0).forEach((milvus) => milvus.close()));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function start(certificate: string): Promise<FakeMilvus> {
  const tls = { key: file('key.pem'), cert: file(`${certificate}.pem`) };
  const milvus = await new FakeMilvus({ offers: ['rest'] }, tls).listen();
  opened.push(milvus);
  return milvus;
}

/** The names of the collections, or why they cannot be read. */
async function read(milvus: FakeMilvus, written: Partial<Record<InputName, string>>): Promise<string> {
  const data = parseData(
    inputs(written),
    () => null,
    (problem) => expect(problem).toBe(''),
  );
  try {
    const api = await openMilvusApi(milvusAccess(data, milvus.dial, new AbortController().signal));
    const names = await api.collections('default');
    api.close();
    return names.join();
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a Milvus with TLS', () => {
  const ALL = 'exact,people,parts';

  it('is read through a port-forward with the certificate of its authority, whatever its name', async () => {
    const milvus = await start('other');
    expect(await read(milvus, { 'milvus-ca-certificate': file('authority.pem') })).toBe(ALL);
  });

  it('is read at an address that its certificate contains', async () => {
    const milvus = await start('local');
    const address = `https://127.0.0.1:${milvus.port()}`;
    expect(await read(milvus, { 'milvus-address': address, 'milvus-ca-certificate': file('authority.pem') })).toBe(ALL);
  });

  it('is not read at another address, or with another authority', async () => {
    const milvus = await start('other');
    const address = `https://127.0.0.1:${milvus.port()}`;
    const named = { 'milvus-address': address, 'milvus-ca-certificate': file('authority.pem') };
    expect(await read(milvus, named)).toContain('its certificate cannot be verified: ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await read(milvus, { 'milvus-address': address })).toContain('its certificate cannot be verified');
  });

  it('is not read without the inputs for TLS, which the message names', async () => {
    expect(await read(await start('local'), {})).toContain('if Milvus uses TLS, set milvus-ca-certificate');
  });
});
