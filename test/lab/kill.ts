// The worst moment for a kill -9: Helm has taken its lock and has not finished.
import { execFileSync } from 'node:child_process';
import { killAll, type Action } from './lab.js';
import { Proxy } from './proxy.js';
import type { InputName } from '../../src/core/inputs.js';

/** Starts the action and kills it, helm included, while the release is pending: in the middle of its upgrade, or of going back. Throws when Helm was faster. */
export async function killWhileHelmHolds(
  action: Action,
  env: NodeJS.ProcessEnv,
  namespace: string,
  { during = 'upgrade', ...written }: Partial<Record<InputName, string>> & { readonly during?: 'upgrade' | 'rollback' } = {},
): Promise<void> {
  const words = ['-n', namespace, 'get', 'secrets', '-l', `owner=helm,status=pending-${during}`, '-o', 'name'];
  const pending = (): boolean => execFileSync('kubectl', words, { env, encoding: 'utf8' }) !== '';
  const proxy = await Proxy.before(env.KUBECONFIG ?? '');
  try {
    const running = action.start({ ...written, kubeconfig: proxy.kubeconfig });
    await running.says(new RegExp(`▶ helm-${during}[\\s\\S]*helm-${during}[^\\n]*asking for it now`));
    while (!pending()) await new Promise((resolve) => setTimeout(resolve, 5));
    proxy.freeze();
    if (!pending()) throw new Error('Helm had finished before it could be killed');
    killAll(running);
    await running.finished;
  } finally {
    proxy.close();
  }
}
