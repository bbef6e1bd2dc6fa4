// The planner of Docker Compose projects. Pure.
import { versionUnknown } from '../config/problems.js';
import { NO_CHANGES } from '../model/chart-changes.js';
import type { PlanInputs } from '../platforms/plan-inputs.js';
import type { Planner } from '../platforms/planner.js';
import type { PlannedOf } from '../platforms/types.js';
import { describeProject } from './describe.js';
import { composeHops } from './hops.js';
import { COMPOSE_LABELS } from './labels.js';
import { planProjectUpgrade, verification } from './plan.js';
import { decideProjectRollback, planProjectBack } from './rollback.js';
import { findProjectRoute } from './route.js';
import { evaluateComposeStep } from './status.js';

export const composePlanner: Planner<'compose'> = {
  platform: 'compose',
  labels: COMPOSE_LABELS,
  stopping: new Set(['scale-down', 'data-owner', 'recreate']),
  serving: 'wait-healthy',
  nameOf: (_config, { project }) => project.name,
  observedName: ({ project }) => project.name,
  // Opening the platform has found the project.
  notFound: () => null,
  plan: (inputs) => Promise.resolve(plan(inputs)),
  hops: composeHops,
  verification,
  evaluate: evaluateComposeStep,
  chartChanges: () => NO_CHANGES,
  decideRollback: decideProjectRollback,
  // Nothing is prepared before the files are edited.
  undoSteps: () => [],
  describeLeft: () => '',
  describeRolledBack: ({ image }) => `The old files were restored, and ${image} runs again.`,
  describe: describeProject,
};

function plan({ config, observation }: PlanInputs<'compose'>): PlannedOf<'compose'> {
  if (config.operation === 'rollback') return planProjectBack(config, observation);
  const route = findProjectRoute(config, observation);
  if (!route) throw versionUnknown({ name: observation.project.name, whole: 'project' }, observation);
  return planProjectUpgrade(config, observation, route);
}
