// Writes what the login needs into the private folder of the run.
import type { Login } from '../core/login.js';
import type { Access } from '../kubernetes/cluster.js';

export function prepareLogin(login: Login, _folder: string): Access {
  if (login.kind === 'path') return { kubeconfig: login.path, context: login.context, insecure: login.insecure };
  return { kubeconfig: null, context: login.kind === 'token' ? null : login.context, insecure: login.insecure };
}
