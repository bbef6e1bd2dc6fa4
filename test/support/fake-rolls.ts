// The part of the FakeCluster that a rolling upgrade writes: what is held, paused and set temporarily on each
// Deployment.
import { UpgradeError } from '../../src/core/model/error.js';
import { heldFor } from './held.js';
import { isPausedFor } from '../../src/core/rolling/status.js';
import type { PauseRecord } from '../../src/core/rolling/pause-record.js';
import type { RollSettings } from '../../src/core/model/component.js';
import type { HelmObservation } from '../../src/core/helm/observation.js';
import type { DrainStep, PauseStep, RestoreSettingsStep, ResumeStep } from '../../src/core/rolling/step.js';

interface Roll {
  readonly pauseRecord: PauseRecord;
  readonly paused: boolean;
  /** Old pods are kept until the hand-over. */
  readonly waits: boolean;
}

const RECREATE = { type: 'Recreate' };

export class FakeRolls {
  readonly #rolls = new Map<string, Roll>();
  /** The released roles, in order. */
  readonly released: string[] = [];
  putBackFails = false;
  /** How many more Deployments can be written before one write fails; null for all. */
  writesLeft: number | null = null;

  apply(step: PauseStep | ResumeStep | DrainStep | RestoreSettingsStep, observation: HelmObservation): Promise<void> {
    try {
      return Promise.resolve(this.#apply(step, observation));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #apply(step: PauseStep | ResumeStep | DrainStep | RestoreSettingsStep, observation: HelmObservation): void {
    if (step.kind === 'restore-settings') {
      if (this.putBackFails)
        throw new UpgradeError({
          code: 'access-denied',
          what: 'Cannot patch deployments',
          why: 'no',
          remedy: 'Check it.',
        });
      return this.#rolls.clear();
    }
    if (step.kind === 'pause') {
      const missing = observation.components.filter(
        (component) => step.deployments.includes(component.deployment) && !isPausedFor(component, step),
      );
      for (const component of missing) {
        this.#write();
        this.#rolls.set(component.role, {
          pauseRecord: heldFor(step.to, 'paused', component.pauseRecord ?? null),
          paused: true,
          waits: false,
        });
      }
      return;
    }
    const roll = this.#rolls.get(step.role);
    if (!roll) return;
    const state = step.kind === 'resume' ? 'resumed' : 'drained';
    if (state === 'resumed') this.released.push(step.role);
    const pauseRecord: PauseRecord = { ...roll.pauseRecord, state, changedAt: observation.takenAt };
    this.#rolls.set(step.role, {
      pauseRecord,
      paused: false,
      waits: state === 'resumed' && ['standby', 'drain'].includes(step.takeOver),
    });
  }

  #write(): void {
    if (this.writesLeft === 0) {
      this.writesLeft = null;
      throw new UpgradeError({
        code: 'cluster-unreachable',
        what: 'Cannot patch deployments',
        why: 'the server answered 503',
        remedy: 'Check it.',
      });
    }
    if (this.writesLeft !== null) this.writesLeft -= 1;
  }

  /** Another user resumes the Deployment. */
  resume(role: string): void {
    const roll = this.#rolls.get(role);
    if (roll) this.#rolls.set(role, { ...roll, paused: false });
  }
  isPaused(role: string): boolean {
    return this.#rolls.get(role)?.paused === true;
  }
  /** Two observations before the end, the new pod is ready and the old one still exists. */
  moves(role: string, left: number): boolean {
    const roll = this.#rolls.get(role);
    return roll === undefined || (!roll.paused && !(roll.waits && left === 2));
  }
  pauseRecordOf(role: string): PauseRecord | null {
    return this.#rolls.get(role)?.pauseRecord ?? null;
  }
  settingsOf(role: string): RollSettings {
    const roll = this.#rolls.get(role);
    return {
      strategy: roll && !roll.paused ? { type: 'RollingUpdate' } : RECREATE,
      minReadySeconds: roll?.waits ? 500 : 0,
    };
  }
}
