// The sessions of pods that have ended. A process that ends does not always end its session: until the lease expires,
// up to a minute later, its standby does not take over, and other components still call it. Pure.
import { hostOf } from '../lib/address.js';
import type { HelmObservation } from '../helm/observation.js';
import type { StepStatus } from '../model/step-status.js';
import type { RevokeSessionsStep, RollingStep } from './step.js';

const REVOKE_SECONDS = 60;

/** In a rolling upgrade, sessions of ended pods are revoked before anything else; null if there are none. */
export function revokeFirst({ endedSessions = [] }: HelmObservation): StepStatus | null {
  if (endedSessions.length === 0) return null;
  const addresses = [...new Set(endedSessions.map(({ address }) => hostOf(address)))].sort();
  const step: RevokeSessionsStep = {
    kind: 'revoke-sessions',
    id: `revoke-sessions/${addresses.join(',')}`,
    timeoutSeconds: REVOKE_SECONDS,
    sessions: endedSessions.map(({ key, serverId, address }) => ({ key, serverId, address })),
  };
  return { state: 'pending', first: step };
}

export function evaluateRevokeSessions(
  { sessions }: RevokeSessionsStep,
  { endedSessions = [] }: HelmObservation,
): StepStatus {
  const left = endedSessions.some(({ key, serverId }) =>
    sessions.some((session) => session.key === key && session.serverId === serverId),
  );
  return left ? { state: 'pending' } : { state: 'complete' };
}

const KINDS: ReadonlySet<string> = new Set<RollingStep['kind']>([
  'pause',
  'resume',
  'drain',
  'prune',
  'restore-settings',
]);

export function isOfRoll({ kind }: { readonly kind: string }): boolean {
  return KINDS.has(kind);
}
