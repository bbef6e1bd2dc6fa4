// The worst moments for a cancel and for a kill -9: the Helm operation is pending.
import { execFileSync } from 'node:child_process';
import { killAll, type Action, type Finished, type RunningAction } from './lab.js';
import { Proxy } from './proxy.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

/**
 * Starts the action and kills it together with helm while the release is pending: during its upgrade or its rollback.
 * Throws if Helm was faster.
 */
export async function killWhileHelmHolds(
  action: Action,
  env: NodeJS.ProcessEnv,
  namespace: string,
  {
    during = 'upgrade',
    ...written
  }: Partial<Record<InputName, string>> & { readonly during?: 'upgrade' | 'rollback' } = {},
): Promise<void> {
  await whileHelmHolds({ action, env, namespace, during, written }, async (running) => {
    killAll(running);
    await running.finished;
  });
}

/**
 * Cancels as a runner does (SIGINT to Node.js only, SIGTERM after 7.5 s, SIGKILL to all processes 2.5 s later) while
 * the API server does not answer.
 */
export function cancelWhileHelmHolds(
  action: Action,
  env: NodeJS.ProcessEnv,
  namespace: string,
): Promise<{ ended: Finished; seconds: number }> {
  return whileHelmHolds({ action, env, namespace, during: 'upgrade', written: {} }, async (running) => {
    const startedAt = performance.now();
    running.child.kill('SIGINT');
    const timers = [setTimeout(() => running.child.kill('SIGTERM'), 7500), setTimeout(() => killAll(running), 10_000)];
    const ended = await running.finished;
    timers.forEach(clearTimeout);
    return { ended, seconds: (performance.now() - startedAt) / 1000 };
  });
}

interface Stage {
  readonly action: Action;
  readonly env: NodeJS.ProcessEnv;
  readonly namespace: string;
  readonly during: 'upgrade' | 'rollback';
  readonly written: Partial<Record<InputName, string>>;
}

async function whileHelmHolds<Result>(
  { action, env, namespace, during, written }: Stage,
  act: (running: RunningAction) => Promise<Result>,
): Promise<Result> {
  const words = ['-n', namespace, 'get', 'secrets', '-l', `owner=helm,status=pending-${during}`, '-o', 'name'];
  const pending = (): boolean => execFileSync('kubectl', words, { env, encoding: 'utf8' }) !== '';
  const proxy = await Proxy.before(env.KUBECONFIG ?? '');
  try {
    const running = action.start({ ...written, kubeconfig: proxy.kubeconfig });
    await running.says(new RegExp(`▶ helm-${during}[\\s\\S]*helm-${during}[^\\n]*applying`));
    while (!pending()) await new Promise((resolve) => setTimeout(resolve, 5));
    proxy.freeze();
    if (!pending()) throw new Error('Helm had finished before it could be stopped');
    return await act(running);
  } finally {
    proxy.close();
  }
}
