// The proxy for a server, from the environment: by the rules of Go, which kubectl and Helm follow and the Kubernetes
// client for Node does not.
import { BlockList, isIP } from 'node:net';
import { hostOf, parseAddress } from '../../core/lib/address.js';

/** The address of the proxy; empty for a direct connection (pkg.go.dev/golang.org/x/net/http/httpproxy). */
export function proxyFor(server: string, env: NodeJS.ProcessEnv): string {
  const { protocol, hostname, port } = new URL(server);
  const host = hostOf(hostname).toLowerCase();
  const proxy = setting(env, protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const exceptions = setting(env, 'NO_PROXY').split(',');
  const usedPort = port || (protocol === 'https:' ? '443' : '80');
  if (proxy === '' || isLocal(host) || exceptions.some((entry) => spares(entry.trim().toLowerCase(), host, usedPort)))
    return '';
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function setting(env: NodeJS.ProcessEnv, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || contains('127.0.0.0/8', host);
}

/** One entry of NO_PROXY: `*`, an address, a range, or a domain, which includes its subdomains. */
function spares(word: string, host: string, port: string): boolean {
  if (word === '' || word === '*') return word === '*';
  if (word.includes('/')) return contains(word, host);
  if (word === host) return true;
  const entry = parseAddress(word) ?? { host: word, port: null };
  return (entry.port === null || String(entry.port) === port) && covers(entry.host, host);
}

function covers(name: string, host: string): boolean {
  return name === host || (isIP(host) === 0 && host.endsWith(`.${name.replace(/^\*?\./, '')}`));
}

function contains(range: string, host: string): boolean {
  const [address = '', bits = ''] = range.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32))
    return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
