// Whether another client has created a revision of the release during an upgrade of this action. Pure.
import type { HelmObservation } from './observation.js';
import type { HelmStep } from './step.js';

/**
 * Steps that are only valid on top of the revision of this run. A migration and a rollback are not in the list: they
 * end with a revision of their own, and until then Milvus may be stopped.
 */
const NEED_OWN_REVISION: readonly HelmStep['kind'][] = [
  'helm-upgrade',
  'wait-ready',
  'pause',
  'resume',
  'drain',
  'prune',
  'restore-settings',
];

/**
 * Describes the revision of another client, or null. To continue would mix two upgrades, or undo the one of the other
 * client.
 */
export function foreignRevisionFor(step: HelmStep, observation: HelmObservation): string | null {
  return NEED_OWN_REVISION.includes(step.kind) ? foreignRevision(observation) : null;
}

export function foreignRevision({ release }: HelmObservation): string | null {
  if (!release?.isForeign) return null;
  const { name, latest } = release;
  const description = latest.description ? `, "${latest.description}"` : '';
  return `another client created revision ${latest.revision} of release ${name} during this run (chart ${latest.chartName} ${latest.chartVersion}, ${latest.status}${description})`;
}
