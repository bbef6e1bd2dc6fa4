import { describe, expect, it } from '@jest/globals';
import { hostOf, parseAddress } from '../../../../src/core/lib/address.js';

describe('an address', () => {
  it.each<[string, string, string, number | null]>([
    ['10.244.0.12:21123', '', '10.244.0.12', 21123],
    ['10.244.0.12', '', '10.244.0.12', null],
    ['[fd00::12]:21123', '', 'fd00::12', 21123],
    ['[fd00::12]', '', 'fd00::12', null],
    ['my-etcd', '', 'my-etcd', null],
    ['my-etcd:2379', '', 'my-etcd', 2379],
    ['My-Etcd.data.svc.:2379', '', 'My-Etcd.data.svc.', 2379],
    ['http://my-etcd:2379', 'http', 'my-etcd', 2379],
    ['HTTPS://[fd00::12]:2379/', 'https', 'fd00::12', 2379],
    [' my-etcd:2379 ', '', 'my-etcd', 2379],
  ])('%j is read as scheme %j, host %j and port %j', (text, scheme, host, port) => {
    expect(parseAddress(text)).toEqual({ scheme, host, port });
    expect(hostOf(text)).toBe(host);
  });

  it.each(['', ':2379', 'http://', 'my-etcd:port', 'my-etcd:2379/path', 'fd00::12', 'fd00::12:21123', '[fd00::12'])(
    '%j is not an address, and its host is the whole text',
    (text) => {
      expect(parseAddress(text)).toBeNull();
      expect(hostOf(text)).toBe(text);
    },
  );
});
