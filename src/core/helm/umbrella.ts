// Upgrades of a release whose chart has Milvus as a dependency, with that chart: the chart of the dependency stays, and
// only values below its key change. Everything else of the chart is applied as the user wrote it. Pure.
import type { CatalogueEntry } from './chart-choice.js';
import type { Config } from '../config/config.js';
import type { Path } from '../knowledge/paths.js';
import { SWITCHES } from '../knowledge/rolling-orders.js';
import type { Observation, ReleaseRevision } from '../model/observation.js';
import type { Umbrella } from '../model/umbrella.js';
import type { Planned, Step } from '../model/step.js';
import { isRecord, valueAt } from '../lib/json.js';
import { mergeValues, SecretValues, valuesAtPath, type Values } from '../model/values.js';
import { evaluate } from '../status/evaluate.js';
import type { Route } from './route.js';

/**
 * Null unless the chart source has the installed umbrella chart with the same dependency: with another version of it,
 * the defaults of Milvus would change, and Helm's record does not contain those that are installed.
 */
export function umbrellaOf(
  config: Pick<Config, 'chartVersion'>,
  { chartName, chartVersion, dependency }: ReleaseRevision,
  { path, catalogue }: { readonly path: Pick<Path, 'pathKind'>; readonly catalogue: readonly CatalogueEntry[] },
): Umbrella | null {
  if (!dependency?.rendered || dependency.version === '' || path.pathKind === 'migration') return null;
  const entry = entryFor(config, chartVersion, catalogue);
  if (entry?.name !== chartName || entry.dependencies?.[dependency.key] !== dependency.version) return null;
  const { version, appVersion } = entry;
  return { key: dependency.key, milvusChart: dependency.rendered, version, appVersion };
}

/** The requested version, else the installed one, else the only one. */
function entryFor(
  { chartVersion }: Pick<Config, 'chartVersion'>,
  installed: string,
  catalogue: readonly CatalogueEntry[],
): CatalogueEntry | undefined {
  const wanted = chartVersion.kind === 'exact' ? chartVersion.version : installed;
  const [only, ...others] = catalogue;
  const otherwise = chartVersion.kind === 'auto' && others.length === 0 ? only : undefined;
  return catalogue.find(({ version }) => version === wanted) ?? otherwise;
}

interface Inner {
  readonly config: Config;
  readonly route: Route;
  readonly defaults: Values;
}

/** The same question as for the Milvus chart alone: every value is the one below the key of the dependency. */
export function insideUmbrella(
  umbrella: Umbrella,
  { config, route, defaults }: Inner,
  observation: Observation,
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
  planned: Planned,
  { config, route }: Pick<Inner, 'config' | 'route'>,
  observation: Observation,
): Planned {
  const { plan } = planned;
  if (!plan) return planned;
  const steps = plan.steps.map((step): Step => {
    if (step.kind !== 'helm-upgrade') return step;
    const values = mergeValues(config.values.reveal(), valuesAtPath(key, step.values.reveal()));
    const id = step.id.replace(`+chart-${milvusChart}`, `+chart-${version}`);
    return { ...step, id, chartVersion: version, milvusChart, values: new SecretValues(values) };
  });
  const isThere = steps.every((step) => evaluate(step, observation).state === 'complete');
  const chart = plan.chart && { ...plan.chart, from: route.installed.chartVersion, to: version };
  const settings = plan.settings.map((setting) => ({ ...setting, path: `${key}.${setting.path}` }));
  return { ...planned, plan: { ...plan, strategy: isThere ? 'nothing' : plan.strategy, chart, steps, settings } };
}

function below(values: Values, key: string): Values {
  const found = valueAt(values, key);
  return isRecord(found) ? found : {};
}

/** Helm's record has no defaults of a dependency, but what runs shows which components are on. */
function switchesOf({ topology, components }: Observation): Values {
  const roles = new Set(components.map(({ role }) => role));
  return Object.entries(SWITCHES).reduce<Values>(
    (all, [role, path]) => mergeValues(all, valuesAtPath(path, roles.has(role))),
    { cluster: { enabled: topology !== 'standalone' } },
  );
}
