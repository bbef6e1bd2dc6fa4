// Whether another client has changed the release during an upgrade of this action: with a revision, or a Deployment
// directly. Pure.
import { foreignWrite } from './foreign-write.js';
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
 * Describes the revision or the change of another client, or null. To continue would mix two upgrades, or undo the one
 * of the other client.
 */
export function foreignChangeFor(step: HelmStep, observation: HelmObservation): string | null {
  return NEED_OWN_REVISION.includes(step.kind) ? foreignChange(observation) : null;
}

/** A revision, or a change of a Deployment; null if there is none. */
export function foreignChange(observation: HelmObservation): string | null {
  return foreignRevision(observation) ?? foreignWrite(observation);
}

function foreignRevision({ release }: HelmObservation): string | null {
  if (!release?.isForeign) return null;
  const { name, latest } = release;
  const description = latest.description ? `, "${latest.description}"` : '';
  return `another client created revision ${latest.revision} of release ${name} during this run (chart ${latest.chartName} ${latest.chartVersion}, ${latest.status}${description})`;
}
