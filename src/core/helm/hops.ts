// The hops of a path of a Helm release. Pure: the defaults of charts are read through the given source.
import type { HelmConfig } from '../config/config.js';
import { isTarget, optionsOfHop } from '../hops/hop-config.js';
import type { HopPosition } from '../hops/hop.js';
import { halfMigratedFrom } from '../migration/steps.js';
import { runningVersion } from '../model/observation.js';
import { mergeValues, SecretValues, valuesAtPath, type Values } from '../model/values.js';
import type { HopPlanner } from '../platforms/hop-planner.js';
import { afterPlan } from './after-plan.js';
import type { HelmObservation } from './observation.js';
import { isOperators } from './operator-plan.js';
import type { HelmPlan } from './step.js';
import { unfinishedTarget } from './unfinished.js';

export const helmHops: HopPlanner<'helm'> = {
  start: (config, observation) => {
    const from = halfMigratedFrom(observation) ?? runningVersion(observation) ?? config.source;
    if (!from || !observation.release || isOperators(observation)) return null;
    return {
      from,
      unfinished: unfinishedTarget(observation),
      topology: observation.topology,
      roles: observation.components.map(({ role }) => role),
      canChangeTopology: true,
    };
  },
  configFor,
  predict: async ({ observation, sources, read }, plan) => {
    const version = plan.chart?.to;
    if (version === undefined) return observation;
    const defaults = await read(`the default values of chart ${version}`, (signal) =>
      sources.defaults(version, signal),
    );
    return afterPlan(observation, plan, defaults);
  },
  checkable,
};

/** An exact chart belongs to the target. A change of the topology sets its values, under those of the user. */
function configFor(config: HelmConfig, position: HopPosition, observation: HelmObservation): HelmConfig {
  const { hop } = position;
  const isExact = config.chartVersion.kind === 'exact';
  const change = Object.entries(hop.topology?.values ?? {}).reduce<Values>(
    (all, [path, value]) => mergeValues(all, valuesAtPath(path, value)),
    {},
  );
  return {
    ...config,
    ...optionsOfHop(config, position, runningVersion(observation)),
    chartVersion: isExact && !isTarget(config, hop.to) ? { kind: 'auto' } : config.chartVersion,
    values: hop.topology ? new SecretValues(mergeValues(change, config.values.reveal())) : config.values,
  };
}

/** Helm reuses the values of the installed revision, to which the earlier hops would have added theirs. */
function checkable(plan: HelmPlan, earlier: readonly HelmPlan[]): HelmPlan {
  const before = earlier
    .flatMap(({ steps }) => steps)
    .reduce<Values>((all, step) => (step.kind === 'helm-upgrade' ? mergeValues(all, step.values.reveal()) : all), {});
  const steps = plan.steps.map((step) =>
    step.kind === 'helm-upgrade'
      ? { ...step, values: new SecretValues(mergeValues(before, step.values.reveal())) }
      : step,
  );
  return { ...plan, steps };
}
