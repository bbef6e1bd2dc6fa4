// The check `autoscaler`: something else changes the replicas of a Milvus Deployment while it is upgraded. Pure.
import { pass, someOf, warn, type Finding } from './finding.js';
import type { Workload } from '../workloads.js';

/** A HorizontalPodAutoscaler; one that KEDA made has a ScaledObject as its owner. */
export interface Autoscaler {
  readonly name: string;
  readonly target: string;
  readonly least: number;
  readonly most: number;
  /** The ScaledObject that KEDA made it for; empty where there is none. */
  readonly scaledObject: string;
}

const SOURCE = 'kubernetes.io/docs, "Horizontal Pod Autoscaling", and the HorizontalPodAutoscalers of the namespace';

/** `found` are those of the whole namespace. */
export function evaluateAutoscalers(found: readonly Autoscaler[], workloads: readonly Workload[]): Finding[] {
  const own = found.filter((each) => workloads.some(({ name }) => name === each.target));
  if (own.length === 0) return [pass('autoscaler', 'no autoscaler changes the replicas of a Milvus Deployment', SOURCE)];
  const told = own.map(
    ({ name, target, least, most, scaledObject }) => `${target} (${scaledObject ? `KEDA ScaledObject ${scaledObject}` : `HPA ${name}`}, ${least} to ${most})`,
  );
  const counted = own.filter(({ target }) => (workloads.find(({ name }) => name === target)?.replicas ?? null) !== null).map((each) => each.target);
  const fight = counted.length > 0 ? `; the chart also writes a count for ${someOf(counted)}, which Helm and the autoscaler then set in turn` : '';
  const remedy = `Expect the count of pods to move during the upgrade, or hold it: set least and most to the same number, or pause the ScaledObject.${
    counted.length > 0 ? ' Set replicas: -1 for these components, so that the chart (4.1.5 and later) writes no count.' : ''
  }`;
  return [warn('autoscaler', `replicas are changed by autoscalers: ${someOf(told)}${fight}`, remedy, SOURCE)];
}
