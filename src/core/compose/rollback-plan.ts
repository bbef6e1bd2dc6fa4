// The plan of a rollback of a Docker Compose project. Pure.
import type { RollbackDecision } from '../model/rollback-decision.js';
import type { Hop } from '../model/shared-plan.js';
import type { Version } from '../model/version.js';
import type { ComposePlan, ComposeStep } from './step.js';
import type { Images } from './steps.js';

export type ProjectRollback = RollbackDecision<ComposePlan>;

export const INSTRUCTION = 'run the action with operation: rollback';

interface Back {
  readonly from: Version;
  readonly to: Version;
  readonly images: Images;
  readonly steps: readonly ComposeStep[];
  readonly why: string;
  readonly source: string;
}

export function planBack({ from, to, images, steps, why, source }: Back): ComposePlan {
  const hop: Hop = { from, to, pathKind: 'plain', rollingPossible: false, why, source, outline: [] };
  const image = [...new Set(Object.values(images))].join(', ');
  return { platform: 'compose', strategy: 'recreate', from, to, image, hops: [hop], steps, checks: [] };
}
