// The lowest TLS version of the settings of Milvus.
import type { SecureVersion } from 'node:tls';

/** Milvus accepts 1.0 to 1.3 (configs/milvus.yaml, `etcd.ssl.tlsMinVersion`). */
export function tlsVersionOf(text: string): SecureVersion {
  return text === '1.0' ? 'TLSv1' : (`TLSv${text}` as SecureVersion);
}
