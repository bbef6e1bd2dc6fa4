// What an endpoint of etcd in Milvus' configuration leads to, seen from a pod of Milvus. Pure: whether it is there is asked in target.ts.
import { isIP } from 'node:net';

/** One reading of a host name. `pod` is empty for a Service as a whole. */
export type Place =
  | { readonly kind: 'service'; readonly namespace: string; readonly service: string; readonly pod: string }
  /** Outside of the cluster, or an address by number. */
  | { readonly kind: 'outside' }
  /** The pod of Milvus itself. */
  | { readonly kind: 'milvus' };

export interface Endpoint {
  /** As a person would write it: `my-etcd:2379`. */
  readonly name: string;
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** In the order in which the DNS of a pod reads the name. */
  readonly places: readonly Place[];
}

/** Milvus takes what its etcd client takes: with or without scheme. A scheme goes before `etcd.ssl.enabled`. Null for what names no host. */
export function parseEndpoint(text: string, namespace: string, isSecure: boolean): Endpoint | null {
  const { scheme = '', bracketed, plain = '', port = '2379' } = ENDPOINT.exec(text.trim())?.groups ?? {};
  const host = (bracketed ?? plain).toLowerCase().replace(/\.$/, '');
  if (host === '') return null;
  const name = `${bracketed === undefined ? host : `[${host}]`}:${port}`;
  return { name, isSecure: scheme === '' ? isSecure : scheme.toLowerCase() === 'https', host, port: Number(port), places: placesOf(host, namespace) };
}

const ENDPOINT = /^(?:(?<scheme>[a-z]+):\/\/)?(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:/]+))(?::(?<port>\d+))?\/?$/i;
const OUTSIDE: Place = { kind: 'outside' };

function placesOf(host: string, namespace: string): readonly Place[] {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return [{ kind: 'milvus' }];
  if (isIP(host) !== 0) return [OUTSIDE];
  const labels = host.split('.');
  const at = labels.indexOf('svc');
  return at === 2 || at === 3 ? [wholeName(labels.slice(0, at))] : shortName(labels, namespace);
}

/** `<service>.<namespace>.svc…` or `<pod>.<service>.<namespace>.svc…`, whatever the domain of the cluster is called. */
function wholeName(labels: readonly string[]): Place {
  const [namespace = '', name = '', pod = ''] = labels.toReversed();
  return service(name, namespace, pod);
}

/** The search list of a pod is `<namespace>.svc.<domain>`, `svc.<domain>`, `<domain>` (kubernetes.io/docs/concepts/services-networking/dns-pod-service). */
function shortName(labels: readonly string[], namespace: string): readonly Place[] {
  const [first = '', second = '', third = ''] = labels;
  if (labels.length === 1) return [service(first, namespace)];
  if (labels.length === 2) return [service(second, namespace, first), service(first, second), OUTSIDE];
  return labels.length === 3 ? [service(second, third, first), OUTSIDE] : [OUTSIDE];
}

function service(name: string, namespace: string, pod = ''): Place {
  return { kind: 'service', namespace, service: name, pod };
}
