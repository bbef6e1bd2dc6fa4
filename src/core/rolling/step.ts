// The steps of a rolling upgrade. Data only: src/kubernetes applies them.
import type { Session } from '../model/session.js';
import type { Version } from '../model/version.js';

/**
 * Pauses Deployments and records their settings, so that an upgrade of the release rolls none of them. Done when each
 * is paused for this version.
 */
export interface PauseStep {
  readonly kind: 'pause';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** The target version, as `v2.2.16`. */
  readonly to: string;
  /** Deployments that already have this image are not paused. */
  readonly image: string;
  readonly deployments: readonly string[];
}

/**
 * How new pods replace old ones. `standby`: the new one registers as standby of the old one, which is then removed.
 * `drain`: the old ones are removed from their Service first, and end when no client is routed to them any more.
 * `surge`: a new one is ready before an old one is removed. `recreate`: the old one is removed first, because two
 * cannot run at the same time.
 */
export type TakeOver = 'standby' | 'drain' | 'surge' | 'recreate';

interface TurnStep {
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly role: string;
  /** Empty for a role that the upgrade adds: every Deployment of it counts. */
  readonly deployment: string;
  readonly image: string;
  readonly version: Version;
  readonly takeOver: TakeOver;
  /** How long a new pod is ready before an old one is removed. */
  readonly readySeconds: number;
  /** Why it has this place in the order; `source` is the source of the order. */
  readonly why: string;
  readonly source: string;
}

/**
 * Resumes the rollout of one Deployment. Done when its new pods serve and no old one is left; with `standby` as soon as
 * the new one is registered as standby.
 */
export interface ResumeStep extends TurnStep {
  readonly kind: 'resume';
  /** Whether another Deployment is still paused that this one may depend on. */
  readonly mayDefer: boolean;
}

/**
 * Removes the old pods of a Deployment whose new ones are on standby. Done when a new one has taken over and no old one
 * is left.
 */
export interface DrainStep extends TurnStep {
  readonly kind: 'drain';
}

/** Removes a Deployment that is no longer part of the release. Done when it and its pods are gone. */
export interface PruneStep {
  readonly kind: 'prune';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly role: string;
  readonly deployment: string;
  readonly why: string;
  readonly source: string;
}

/**
 * Restores the settings of Deployments that a rolling upgrade changed. Done when none is paused and each Deployment
 * matches the release.
 */
export interface RestoreSettingsStep {
  readonly kind: 'restore-settings';
  readonly id: string;
  readonly timeoutSeconds: number;
}

/**
 * Revokes the leases of sessions of pods that have ended. Done when none of them is left, or if they cannot be revoked:
 * then they expire. Never part of a plan: another step requires it.
 */
export interface RevokeSessionsStep {
  readonly kind: 'revoke-sessions';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly sessions: readonly Pick<Session, 'key' | 'serverId' | 'address'>[];
}

export type RollingStep = PauseStep | ResumeStep | DrainStep | PruneStep | RestoreSettingsStep | RevokeSessionsStep;
