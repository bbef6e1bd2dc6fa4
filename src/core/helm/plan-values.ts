// The values of an upgrade: what the user supplies, what the path requires, and what must keep its installed value.
// Pure.
import type { HelmConfig } from '../config/config.js';
import { carryOver } from '../knowledge/carry-over.js';
import { computeValues, mergeValues, valuesAtPath, type Values } from '../model/values.js';
import { imageAll } from './image-values.js';
import { findPins } from './pins.js';
import type { Route } from './route.js';
import type { Pin } from '../model/pin.js';

export interface PlannedValues {
  /** The values that the path requires. */
  readonly required: Values;
  readonly carried: ReturnType<typeof carryOver>;
  readonly pins: readonly Pin[];
  /** Everything that is merged over the reused values. */
  readonly values: Values;
  /** The values that the chart computes from its defaults and all supplied values. */
  readonly next: Values;
}

export function planValues(config: HelmConfig, route: Route, chartDefaults: Values): PlannedValues {
  const { path, installed } = route;
  const required = path.requiredValues.reduce<Values>(
    (all, row) => mergeValues(all, valuesAtPath(row.path, row.value)),
    {},
  );
  const reused = installed.values.reveal();
  const toChart = route.chart?.version ?? '';
  const carried = carryOver({
    supplied: reused,
    given: config.values.reveal(),
    fromChart: installed.chartVersion,
    toChart,
  });
  const given = mergeValues(
    required,
    mergeValues(mergeValues(config.values.reveal(), carried.values), imageValues(route.image)),
  );
  const pins = findPins(
    installed.computedValues.reveal(),
    computeValues(chartDefaults, mergeValues(reused, given)),
    given,
  );
  const values = mergeValues(
    pins.reduce<Values>((all, pin) => mergeValues(all, valuesAtPath(pin.path, pin.value)), {}),
    given,
  );
  const next = computeValues(chartDefaults, mergeValues(reused, values));
  return { required, carried, pins, values, next };
}

function imageValues(image: string): Values {
  return { image: { all: imageAll(image) } };
}
