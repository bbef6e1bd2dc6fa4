// What an etcd endpoint in the Milvus configuration resolves to, from within a Milvus pod. Pure: target.ts checks
// whether it exists.
import { isIP } from 'node:net';
import { parseAddress } from '../../core/lib/address.js';
import { ETCD_PORT } from '../../etcd/gateway.js';

/** One interpretation of a host name. `pod` is empty for a Service as a whole. */
export type Place =
  | { readonly kind: 'service'; readonly namespace: string; readonly service: string; readonly pod: string }
  /** Outside the cluster, or an IP address. */
  | { readonly kind: 'outside' }
  /** The Milvus pod itself. */
  | { readonly kind: 'milvus' };

export interface Endpoint {
  /** As displayed: `my-etcd:2379`. */
  readonly name: string;
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** In the order in which the DNS of a pod resolves the name. */
  readonly places: readonly Place[];
}

/**
 * Milvus accepts what its etcd client accepts: with or without a scheme. A scheme overrides `etcd.ssl.enabled`. Null if
 * the text contains no host.
 */
export function parseEndpoint(text: string, namespace: string, isSecure: boolean): Endpoint | null {
  const address = parseAddress(text);
  if (!address) return null;
  const { scheme, port } = { ...address, port: address.port ?? ETCD_PORT };
  const host = address.host.toLowerCase().replace(/\.$/, '');
  return {
    name: `${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    isSecure: scheme === '' ? isSecure : scheme === 'https',
    host,
    port,
    places: placesOf(host, namespace),
  };
}

const OUTSIDE: Place = { kind: 'outside' };

function placesOf(host: string, namespace: string): readonly Place[] {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')))
    return [{ kind: 'milvus' }];
  if (isIP(host) !== 0) return [OUTSIDE];
  const labels = host.split('.');
  const at = labels.indexOf('svc');
  return at === 2 || at === 3 ? [wholeName(labels.slice(0, at))] : shortName(labels, namespace);
}

/** `<service>.<namespace>.svc…` or `<pod>.<service>.<namespace>.svc…`, for any cluster domain. */
function wholeName(labels: readonly string[]): Place {
  const [namespace = '', name = '', pod = ''] = labels.toReversed();
  return service(name, namespace, pod);
}

/**
 * The search list of a pod is `<namespace>.svc.<domain>`, `svc.<domain>`, `<domain>`
 * (kubernetes.io/docs/concepts/services-networking/dns-pod-service).
 */
function shortName(labels: readonly string[], namespace: string): readonly Place[] {
  const [first = '', second = '', third = ''] = labels;
  if (labels.length === 1) return [service(first, namespace)];
  if (labels.length === 2) return [service(second, namespace, first), service(first, second), OUTSIDE];
  return labels.length === 3 ? [service(second, third, first), OUTSIDE] : [OUTSIDE];
}

function service(name: string, namespace: string, pod = ''): Place {
  return { kind: 'service', namespace, service: name, pod };
}
