// The sessions of pods that have ended. A process that ends does not always end its session: until the lease expires,
// up to a minute later, its standby does not take over, and other components still call it. Pure.
import { hostOf } from '../lib/address.js';
import type { HelmObservation } from '../helm/observation.js';
import type { Session } from '../model/session.js';
import type { StepStatus } from '../model/step-status.js';
import type { RevokeSessionsStep, RollingStep } from './step.js';

const REVOKE_SECONDS = 60;

/** The sessions at addresses at which a pod of this release has ended. */
export function endedSessions({
  endedAddresses = [],
  sessions,
}: Pick<HelmObservation, 'endedAddresses' | 'sessions'>): readonly Session[] {
  return (sessions?.list ?? []).filter(({ address }) => endedAddresses.includes(hostOf(address)));
}

/** In a rolling upgrade, sessions of ended pods are revoked before anything else; null if there are none. */
export function revokeFirst(observation: HelmObservation): StepStatus | null {
  const ended = endedSessions(observation);
  if (ended.length === 0) return null;
  const addresses = [...new Set(ended.map(({ address }) => hostOf(address)))].sort();
  const step: RevokeSessionsStep = {
    kind: 'revoke-sessions',
    id: `revoke-sessions/${addresses.join(',')}`,
    timeoutSeconds: REVOKE_SECONDS,
    addresses,
  };
  return { state: 'pending', first: step };
}

export function evaluateRevokeSessions({ addresses }: RevokeSessionsStep, observation: HelmObservation): StepStatus {
  const left = endedSessions(observation).some(({ address }) => addresses.includes(hostOf(address)));
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
