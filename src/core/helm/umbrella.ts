// Upgrades of a release whose chart has Milvus as a dependency, with that chart: the chart of the dependency stays, and
// only values below its key change. Everything else of the chart is applied as the user wrote it. Pure.
import type { HelmConfig } from '../config/config.js';
import { SWITCHES } from '../knowledge/rolling-orders.js';
import type { HelmObservation } from './observation.js';
import type { Umbrella } from '../model/umbrella.js';
import type { Planned } from '../model/shared-plan.js';
import { isRecord, valueAt } from '../lib/json.js';
import { mergeValues, SecretValues, valuesAtPath, type Values } from '../model/values.js';
import { evaluateHelmStep } from './status.js';
import type { HelmPlan, HelmStep } from './step.js';
import type { Route } from './route.js';

interface Inner {
  readonly config: HelmConfig;
  readonly route: Route;
  readonly defaults: Values;
}

/** The same question as for the Milvus chart alone: every value is the one below the key of the dependency. */
export function insideUmbrella(
  umbrella: Umbrella,
  { config, route, defaults }: Inner,
  observation: HelmObservation,
): Inner {
  const { key, milvusChart } = umbrella;
  const known = switchesOf(observation);
  const { installed, chart } = route;
  return {
    config: { ...config, values: new SecretValues(below(config.values.reveal(), key)) },
    route: {
      ...route,
      umbrella: null,
      chart: chart && { ...chart, version: milvusChart },
      installed: {
        ...installed,
        chartVersion: milvusChart,
        values: new SecretValues(below(installed.values.reveal(), key)),
        computedValues: new SecretValues(mergeValues(known, below(installed.computedValues.reveal(), key))),
      },
    },
    defaults: mergeValues(known, below(defaults, key)),
  };
}

/** The plan for the release: the planned values below the key, with the user's own values for the whole chart. */
export function outsideUmbrella(
  { key, milvusChart, version }: Umbrella,
  planned: Planned<HelmPlan>,
  { config, route }: Pick<Inner, 'config' | 'route'>,
  observation: HelmObservation,
): Planned<HelmPlan> {
  const { plan } = planned;
  if (!plan) return planned;
  const steps = plan.steps.map((step): HelmStep => {
    if (step.kind !== 'helm-upgrade') return step;
    const values = mergeValues(config.values.reveal(), valuesAtPath(key, step.values.reveal()));
    const id = step.id.replace(`+chart-${milvusChart}`, `+chart-${version}`);
    return { ...step, id, chartVersion: version, milvusChart, values: new SecretValues(values) };
  });
  const isThere = steps.every((step) => evaluateHelmStep(step, observation).state === 'complete');
  const chart = plan.chart && { ...plan.chart, from: route.installed.chartVersion, to: version };
  const settings = plan.settings.map((setting) => ({ ...setting, path: `${key}.${setting.path}` }));
  return { ...planned, plan: { ...plan, strategy: isThere ? 'nothing' : plan.strategy, chart, steps, settings } };
}

function below(values: Values, key: string): Values {
  const found = valueAt(values, key);
  return isRecord(found) ? found : {};
}

/** Helm's record has no defaults of a dependency, but what runs shows which components are on. */
function switchesOf({ topology, components }: HelmObservation): Values {
  const roles = new Set(components.map(({ role }) => role));
  return Object.entries(SWITCHES).reduce<Values>(
    (all, [role, path]) => mergeValues(all, valuesAtPath(path, roles.has(role))),
    { cluster: { enabled: topology !== 'standalone' } },
  );
}
