// The part of the FakeCluster that a rolling upgrade writes: what is held, paused and set for a time on each Deployment.
import { UpgradeError } from '../../src/core/errors.js';
import { heldFor } from './held.js';
import { isPausedFor } from '../../src/core/rolling/judge.js';
import type { PauseRecord } from '../../src/core/rolling/held.js';
import type { RollSettings } from '../../src/core/component.js';
import type { Observation } from '../../src/core/observation.js';
import type { DrainStep, PauseStep, RestoreSettingsStep, ResumeStep } from '../../src/core/steps.js';

interface Roll {
  readonly pauseRecord: PauseRecord;
  readonly paused: boolean;
  /** Old pods stay until the hand-over. */
  readonly waits: boolean;
}

const RECREATE = { type: 'Recreate' };

export class FakeRolls {
  readonly #rolls = new Map<string, Roll>();
  /** What was released, in order. */
  readonly released: string[] = [];
  putBackFails = false;
  /** How many more Deployments can be written to before a write fails, once; null for all. */
  writesLeft: number | null = null;

  apply(step: PauseStep | ResumeStep | DrainStep | RestoreSettingsStep, observation: Observation): Promise<void> {
    try {
      return Promise.resolve(this.#apply(step, observation));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #apply(step: PauseStep | ResumeStep | DrainStep | RestoreSettingsStep, observation: Observation): void {
    if (step.kind === 'restore-settings') {
      if (this.putBackFails) throw new UpgradeError({ code: 'access-denied', what: 'Cannot patch deployments', why: 'no', remedy: 'Look.' });
      return this.#rolls.clear();
    }
    if (step.kind === 'pause') {
      const missing = observation.components.filter((each) => step.deployments.includes(each.deployment) && !isPausedFor(each, step));
      for (const each of missing) {
        this.#write();
        this.#rolls.set(each.role, { pauseRecord: heldFor(step.to, 'paused', each.pauseRecord ?? null), paused: true, waits: false });
      }
      return;
    }
    const roll = this.#rolls.get(step.role);
    if (!roll) return;
    const state = step.kind === 'resume' ? 'resumed' : 'drained';
    if (state === 'resumed') this.released.push(step.role);
    const pauseRecord: PauseRecord = { ...roll.pauseRecord, state, changedAt: observation.takenAt };
    this.#rolls.set(step.role, { pauseRecord, paused: false, waits: state === 'resumed' && ['standby', 'drain'].includes(step.takeOver) });
  }

  #write(): void {
    if (this.writesLeft === 0) {
      this.writesLeft = null;
      throw new UpgradeError({ code: 'cluster-unreachable', what: 'Cannot patch deployments', why: 'the server answered 503', remedy: 'Look at it.' });
    }
    if (this.writesLeft !== null) this.writesLeft -= 1;
  }

  /** Somebody else takes it up again, behind our back. */
  resume(role: string): void {
    const roll = this.#rolls.get(role);
    if (roll) this.#rolls.set(role, { ...roll, paused: false });
  }
  isPaused(role: string): boolean {
    return this.#rolls.get(role)?.paused === true;
  }
  /** With two looks left the new pod is ready beside the old one. */
  moves(role: string, left: number): boolean {
    const roll = this.#rolls.get(role);
    return roll === undefined || (!roll.paused && !(roll.waits && left === 2));
  }
  pauseRecordOf(role: string): PauseRecord | null {
    return this.#rolls.get(role)?.pauseRecord ?? null;
  }
  settingsOf(role: string): RollSettings {
    const roll = this.#rolls.get(role);
    return { strategy: roll && !roll.paused ? { type: 'RollingUpdate' } : RECREATE, minReadySeconds: roll?.waits ? 500 : 0 };
  }
}
