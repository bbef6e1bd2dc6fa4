// Why an upgrade does not go on: a pure fold over looks. Each one is compared with what was remembered; nothing is asked, and no clock is read.
// What one look shows is in diagnosis/image.ts, containers.ts, scheduling.ts and deployments.ts; how long it must stand, in knowledge/causes.ts.
import { rankCauses, type Cause } from './causes.js';
import { causeOf, secondsBetween, secondsToNext, windOn, type Standings } from './diagnosis/clock.js';
import { containerSymptoms } from './diagnosis/containers.js';
import { deploymentSymptoms } from './diagnosis/deployments.js';
import { imageSymptoms } from './diagnosis/image.js';
import { remember, type PodMemories } from './diagnosis/memory.js';
import { schedulingSymptoms } from './diagnosis/scheduling.js';
import type { Snapshot } from './diagnosis/sight.js';

/** What earlier looks of this run have shown; null before the first one. */
export interface History {
  readonly at: string;
  readonly wasCurrent: boolean;
  readonly pods: PodMemories;
  readonly standings: Standings;
}

export interface Diagnosis {
  readonly history: History;
  /** The most telling first. */
  readonly causes: readonly Cause[];
  /** When to look again although nothing has changed, because a cause becomes certain by then; null when time alone changes nothing. */
  readonly nextInSeconds: number | null;
}

/** Folds one look into the history, and tells the causes that stand. */
export function diagnose(before: History | null, look: Snapshot): Diagnosis {
  const pods = remember(before?.pods ?? null, look);
  const symptoms = [...imageSymptoms(look, pods), ...containerSymptoms(look, pods), ...schedulingSymptoms(look, pods), ...deploymentSymptoms(look)];
  const passed = before?.wasCurrent ? Math.max(0, secondsBetween(before.at, look.takenAt)) : 0;
  const standings = windOn(before?.standings ?? new Map(), symptoms, look, passed);
  const all = [...standings.values()];
  const next = (look.isCurrent ? all : []).map(secondsToNext).filter((each) => each !== null);
  return {
    history: { at: look.takenAt, wasCurrent: look.isCurrent, pods, standings },
    causes: rankCauses(all.map((each) => causeOf(each, look.isCurrent)).filter((each) => each !== null)),
    nextInSeconds: next.length > 0 ? Math.min(...next) : null,
  };
}
