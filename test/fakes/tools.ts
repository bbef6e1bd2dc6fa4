// Runs the story on a fake cluster and keeps what it told.
import type { Event, EventType, Outcome } from '../../src/core/events.js';
import { toProblem, type Problem } from '../../src/core/errors.js';
import type { RawInputs } from '../../src/core/inputs.js';
import { upgrade, type World } from '../../src/upgrade.js';
import { Killed } from './fake-cluster.js';

export interface Told {
  readonly outcome: Outcome | 'killed';
  readonly problem: Problem | null;
  readonly events: readonly Event[];
}

/** `clock` is in milliseconds. */
export async function runOn(cluster: World & { readonly clock: number }, raw: RawInputs, signal = new AbortController().signal): Promise<Told> {
  const events: Event[] = [];
  const at = (): string => new Date(Date.UTC(2026, 0, 1) + cluster.clock).toISOString();
  const tools = {
    readFile: () => null,
    open: () => Promise.resolve(cluster),
    emit: (draft: object) => void events.push({ at: at(), ...draft } as Event),
    monotonic: () => cluster.clock,
    signal,
  };
  try {
    return { outcome: await upgrade(raw, tools), problem: null, events };
  } catch (error) {
    if (error instanceof Killed) return { outcome: 'killed', problem: null, events };
    const problem = toProblem(error);
    return { outcome: problem.code === 'cancelled' ? 'cancelled' : 'failed', problem, events };
  }
}

export function ofType<Type extends EventType>(told: Told, type: Type): Extract<Event, { type: Type }>[] {
  return told.events.filter((event): event is Extract<Event, { type: Type }> => event.type === type);
}
