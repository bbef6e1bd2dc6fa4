// Performs a run on a fake installation and records its events.
import type { Event, EventType, Outcome } from '../../src/core/model/event.js';
import { toProblem, type Problem } from '../../src/core/model/error.js';
import type { UpgradeTools } from '../../src/run/opened.js';
import { upgrade } from '../../src/run/upgrade.js';
import { Killed } from './fake-cluster.js';
import type { Platform } from '../../src/run/platform.js';
import type { PlatformName } from '../../src/core/config/config.js';
import { composePlanner } from '../../src/core/compose/planner.js';
import type { ComposeStep } from '../../src/core/compose/step.js';
import { helmPlanner } from '../../src/core/helm/planner.js';
import type { HelmStep } from '../../src/core/helm/step.js';
import type { Observation } from '../../src/core/model/observation.js';
import type { Step } from '../../src/core/model/step.js';
import type { StepStatus } from '../../src/core/model/step-status.js';
import type { RawInputs } from '../../src/core/config/raw-inputs.js';

export type AnyPlatform = Platform<'helm'> | Platform<'compose'>;

/** Opens this platform. The inputs of the test select the same one. */
export function opens(platform: AnyPlatform): UpgradeTools['open'] {
  return <P extends PlatformName>() => Promise.resolve(platform as Platform<P>);
}

/** Evaluates a step of the platform that was observed. */
export function evaluate(step: Step, observation: Observation): StepStatus {
  return observation.platform === 'helm'
    ? helmPlanner.evaluate(step as HelmStep, observation)
    : composePlanner.evaluate(step as ComposeStep, observation);
}

export interface RunResult {
  readonly outcome: Outcome | 'killed';
  readonly problem: Problem | null;
  readonly events: readonly Event[];
  /** The saved inventories, by path. */
  readonly saved: ReadonlyMap<string, string>;
}

/** A killed process does not continue: what it waited for never resolves, and no handler and no `finally` runs. */
function mortal<F extends AnyPlatform>(platform: F, die: () => void): F {
  const never = new Promise<never>(() => undefined);
  const guarded = (method: (...words: unknown[]) => unknown): ((...words: unknown[]) => Promise<unknown>) => {
    return async (...words) => {
      try {
        return await method.apply(platform, words);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        die();
        return never;
      }
    };
  };
  return new Proxy(platform, {
    get: (target, key): unknown => {
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? guarded(value as (...words: unknown[]) => unknown) : value;
    },
  });
}

/** `clock` is in milliseconds. */
export async function runOn(
  cluster: AnyPlatform & { readonly clock: number },
  raw: RawInputs,
  signal = new AbortController().signal,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<RunResult> {
  const events: Event[] = [];
  const saved = new Map<string, string>();
  let die = (): void => undefined;
  const killed = new Promise<'killed'>((resolve) => (die = () => resolve('killed')));
  const platform = mortal(cluster, () => die());
  const at = (): string => new Date(Date.UTC(2026, 0, 1) + cluster.clock).toISOString();
  const tools = {
    readFile: (path: string) => files.get(path) ?? null,
    saveInventory: (name: string, text: string, directory: string | null) => {
      const path = `${directory ?? 'temporary'}/${name}`;
      saved.set(path, text);
      return path;
    },
    open: opens(platform),
    emit: (draft: object) => void events.push({ at: at(), ...draft } as Event),
    monotonic: () => cluster.clock,
    signal,
  };
  try {
    const outcome = await Promise.race([upgrade(raw, tools), killed]);
    // The memory of the process is lost.
    if (outcome === 'killed') await cluster.close();
    return { outcome, problem: null, events, saved };
  } catch (error) {
    const problem = toProblem(error);
    return { outcome: problem.code === 'cancelled' ? 'cancelled' : 'failed', problem, events, saved };
  }
}

export function ofType<Type extends EventType>(result: RunResult, type: Type): Extract<Event, { type: Type }>[] {
  return result.events.filter((event): event is Extract<Event, { type: Type }> => event.type === type);
}
