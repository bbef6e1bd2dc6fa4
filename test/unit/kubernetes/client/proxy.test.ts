import { describe, expect, it } from '@jest/globals';
import { proxyFor } from '../../../../src/kubernetes/client/proxy.js';

const server = 'https://api.example.com:6443';

describe('the proxy from the environment', () => {
  it.each([
    ['is used', server, {}, 'http://proxy:3128'],
    ['is not used for this machine', 'https://127.0.0.1:6443', {}, ''],
    ['is not used for localhost', 'https://localhost:6443', {}, ''],
    ['is not used for http://', 'http://api.example.com', {}, ''],
    ['is bypassed by *', server, { NO_PROXY: '*' }, ''],
    ['is bypassed by the host', server, { NO_PROXY: 'x, api.example.com' }, ''],
    ['is bypassed by a domain', server, { NO_PROXY: 'example.com' }, ''],
    ['is bypassed by a domain with a dot', server, { no_proxy: '.example.com' }, ''],
    ['is bypassed by host and port', server, { NO_PROXY: 'api.example.com:6443' }, ''],
    ['is used for another port', server, { NO_PROXY: 'api.example.com:443' }, 'http://proxy:3128'],
    ['is used for a name with only the same ending', server, { NO_PROXY: 'ample.com' }, 'http://proxy:3128'],
    ['is bypassed by a range', 'https://10.1.2.3:6443', { NO_PROXY: '10.0.0.0/8' }, ''],
    ['is used outside a range', 'https://11.1.2.3:6443', { NO_PROXY: '10.0.0.0/8' }, 'http://proxy:3128'],
    ['is bypassed by an address', 'https://[fd00::1]:6443', { NO_PROXY: 'fd00::1' }, ''],
  ])('%s: %s', (_title, address, env, expected) => {
    expect(proxyFor(address, { HTTPS_PROXY: 'proxy:3128', ...env })).toBe(expected);
  });
});
