// The check `autoscaler`: an autoscaler changes the replicas of a Milvus Deployment during the upgrade. Pure.
import type { CheckResult } from '../model/check-result.js';
import { pass, someOf, warn } from './results.js';
import type { Workload } from './workloads.js';

/** A HorizontalPodAutoscaler; one that KEDA created has a ScaledObject as its owner. */
export interface Autoscaler {
  readonly name: string;
  readonly target: string;
  readonly least: number;
  readonly most: number;
  /** The ScaledObject that KEDA created it for; empty if there is none. */
  readonly scaledObject: string;
}

const SOURCE = 'kubernetes.io/docs, "Horizontal Pod Autoscaling", and the HorizontalPodAutoscalers of the namespace';

/** `found` contains the autoscalers of the whole namespace. */
export function evaluateAutoscalers(found: readonly Autoscaler[], workloads: readonly Workload[]): CheckResult[] {
  const own = found.filter((autoscaler) => workloads.some(({ name }) => name === autoscaler.target));
  if (own.length === 0)
    return [pass('autoscaler', 'no autoscaler changes the replicas of a Milvus Deployment', SOURCE)];
  const described = own.map(
    ({ name, target, least, most, scaledObject }) =>
      `${target} (${scaledObject ? `KEDA ScaledObject ${scaledObject}` : `HPA ${name}`}, ${least} to ${most})`,
  );
  const counted = own
    .filter(({ target }) => (workloads.find(({ name }) => name === target)?.replicas ?? null) !== null)
    .map((autoscaler) => autoscaler.target);
  const conflict =
    counted.length > 0
      ? `; the chart also sets a replica count for ${someOf(counted)}, so Helm and the autoscaler overwrite each other`
      : '';
  const remedy = `Expect the number of pods to change during the upgrade, or fix it: set minReplicas and maxReplicas to the same number, or pause the ScaledObject.${
    counted.length > 0
      ? ' Set `replicas: -1` for these components so that the chart (4.1.5 and later) does not set a replica count.'
      : ''
  }`;
  return [warn('autoscaler', `autoscalers change the replicas: ${someOf(described)}${conflict}`, remedy, SOURCE)];
}
