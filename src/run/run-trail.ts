// Records what a run has observed and requested. At its end the run can report whether Milvus is stopped, without a
// request to a platform that may not answer.
import { followSteps, NO_TRAIL, type Trail } from '../core/status/downtime.js';
import type { Emit } from '../core/model/event.js';
import type { PlatformName } from '../core/config/config.js';
import type { ObservationOf } from '../core/platforms/types.js';
import type { StepPlatform } from './platform.js';
import type { RunTools } from './run-tools.js';

export class RunTrail {
  #trail: Trail = NO_TRAIL;

  state(): Trail {
    return this.#trail;
  }

  /** Returns the same tools; their events and observations are recorded. */
  follow<P extends PlatformName>(run: RunTools<P>): RunTools<P> {
    return { ...run, emit: this.#followEvents(run), platform: this.#followObservations(run.platform) };
  }

  #followEvents<P extends PlatformName>({ emit, planner }: RunTools<P>): Emit {
    return (draft) => {
      this.#trail = followSteps(this.#trail, draft, planner);
      emit(draft);
    };
  }

  #followObservations<P extends PlatformName>(platform: StepPlatform<P>): StepPlatform<P> {
    const observe = async (signal?: AbortSignal): Promise<ObservationOf<P>> => {
      const observation = await platform.observe(signal);
      this.#trail = { ...this.#trail, observation };
      return observation;
    };
    return {
      observe,
      waitForChange: (within, signal) => platform.waitForChange(within, signal),
      apply: (step, signal) => platform.apply(step, signal),
    };
  }
}
