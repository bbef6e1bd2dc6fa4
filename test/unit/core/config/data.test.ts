import { describe, expect, it } from '@jest/globals';
import { parseData, type DataConfig } from '../../../../src/core/config/data.js';
import { secretsOfInputs } from '../../../../src/core/config/input-secrets.js';
import type { InputName } from '../../../../src/core/config/raw-inputs.js';
import { formatInventory } from '../../../../src/core/data/inventory-file.js';
import { inputs } from '../../../support/inputs.js';
import { inventory } from '../../../support/inventories.js';

const PEM = '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n';
const files: Readonly<Record<string, string>> = { 'saved.json': formatInventory(inventory()), 'other.json': '{}' };

type Written = Partial<Record<InputName, string>>;

function read(written: Written): { readonly data: DataConfig; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const data = parseData(
    inputs(written),
    (path) => files[path] ?? null,
    (problem) => void problems.push(problem),
  );
  return { data, problems };
}

describe('the inputs of the verification of data', () => {
  it.each<readonly [string, Written, Partial<DataConfig>]>([
    ['the defaults', {}, { mode: 'auto', address: null, isTls: false, caCertificate: null, inventory: null }],
    ['a mode', { 'verify-data': 'required' }, { mode: 'required' }],
    [
      'an address',
      { 'milvus-address': 'milvus.example.com:443' },
      { address: { host: 'milvus.example.com', port: 443 } },
    ],
    ['an address without a port', { 'milvus-address': '10.0.0.1' }, { address: { host: '10.0.0.1', port: 19530 } }],
    ['an address with TLS', { 'milvus-address': 'https://m:1/' }, { address: { host: 'm', port: 1 }, isTls: true }],
    ['an authority', { 'milvus-ca-certificate': PEM }, { caCertificate: PEM, isTls: true }],
    ['a saved inventory', { inventory: 'saved.json' }, { inventory: inventory() }],
  ])('accept %s', (_, written, expected) => {
    const { data, problems } = read(written);
    expect(problems).toEqual([]);
    expect(data).toMatchObject(expected);
  });

  it.each<readonly [string, Written, RegExp]>([
    ['another mode', { 'verify-data': 'true' }, /^verify-data is "true"; write one of auto, off, required$/],
    ['an address that is none', { 'milvus-address': 'a b' }, /^milvus-address is "a b"; write host:port/],
    ['a password in the address', { 'milvus-address': 'root:hunter2@m' }, /^milvus-address has a user or a password/],
    ['a token with a line break', { 'milvus-token': 'root:\nhunter2' }, /^milvus-token contains spaces/],
    [
      'a key as an authority',
      { 'milvus-ca-certificate': 'hunter2' },
      /^milvus-ca-certificate is one line of 7 characters/,
    ],
    ['a file that does not exist', { inventory: 'x.json' }, /^inventory is "x.json", which cannot be read/],
    ['another file', { inventory: 'other.json' }, /^inventory is "other.json", but it is not an inventory/],
  ])('reject %s, without a secret', (_, written, expected) => {
    const { problems } = read(written);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('keep the token secret, as a whole and its password', () => {
    const raw = inputs({ 'milvus-token': 'root:hunter2-hunter2' });
    expect(JSON.stringify(read({ 'milvus-token': 'root:hunter2-hunter2' }).data)).not.toContain('hunter2');
    expect(secretsOfInputs(raw, () => null)).toEqual(
      expect.arrayContaining(['root:hunter2-hunter2', 'hunter2-hunter2']),
    );
  });
});
