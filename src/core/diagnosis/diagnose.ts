// Why an upgrade makes no progress: a pure fold over observations. Each one is compared with the history; no requests
// are made and no clock is read. The symptoms of one observation are in diagnosis/image.ts, containers.ts,
// scheduling.ts and deployments.ts; how long they must last, in knowledge/causes.ts.
import { rankCauses, type Cause } from '../model/cause.js';
import { causeOf, secondsBetween, secondsToNext, advanceClocks, type SymptomClocks } from './clock.js';
import { containerSymptoms } from './containers.js';
import { deploymentSymptoms } from './deployments.js';
import { imageSymptoms } from './image.js';
import { remember, type PodMemories } from './memory.js';
import { schedulingSymptoms } from './scheduling.js';
import type { Snapshot } from './snapshot.js';

/** The result of earlier observations of this run; null before the first one. */
export interface History {
  readonly at: string;
  readonly wasCurrent: boolean;
  readonly pods: PodMemories;
  readonly clocks: SymptomClocks;
}

export interface Diagnosis {
  readonly history: History;
  /** The most relevant first. */
  readonly causes: readonly Cause[];
  /** When to recheck without a change, because a cause becomes certain by then; null if time alone changes nothing. */
  readonly nextInSeconds: number | null;
}

/** Folds one observation into the history, and returns the current causes. */
export function diagnose(before: History | null, snapshot: Snapshot): Diagnosis {
  const pods = remember(before?.pods ?? null, snapshot);
  const symptoms = [
    ...imageSymptoms(snapshot, pods),
    ...containerSymptoms(snapshot, pods),
    ...schedulingSymptoms(snapshot, pods),
    ...deploymentSymptoms(snapshot),
  ];
  const passed = before?.wasCurrent ? Math.max(0, secondsBetween(before.at, snapshot.takenAt)) : 0;
  const clocks = advanceClocks(before?.clocks ?? new Map(), symptoms, snapshot, passed);
  const all = [...clocks.values()];
  const next = (snapshot.isCurrent ? all : []).map(secondsToNext).filter((seconds) => seconds !== null);
  return {
    history: { at: snapshot.takenAt, wasCurrent: snapshot.isCurrent, pods, clocks },
    causes: rankCauses(all.map((standing) => causeOf(standing, snapshot.isCurrent)).filter((cause) => cause !== null)),
    nextInSeconds: next.length > 0 ? Math.min(...next) : null,
  };
}
