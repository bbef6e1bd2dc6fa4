// The hops of a path of a Docker Compose project. Pure.
import { optionsOfHop } from '../hops/hop-config.js';
import { runningVersion } from '../model/observation.js';
import { parseVersion, type Version } from '../model/version.js';
import type { HopPlanner } from '../platforms/hop-planner.js';
import { afterPlan } from './after-plan.js';
import type { ComposeObservation } from './observation.js';
import { startOf } from './route.js';

export const composeHops: HopPlanner<'compose'> = {
  start: (config, observation) => {
    const from = startOf(config, observation);
    return (
      from && {
        from,
        unfinished: unfinishedTarget(observation),
        topology: observation.topology,
        roles: observation.components.map(({ role }) => role),
        // The services are those of the user.
        canChangeTopology: false,
      }
    );
  },
  configFor: (config, position, observation) => ({
    ...config,
    ...optionsOfHop(config, position, runningVersion(observation)),
  }),
  predict: ({ config, observation }, plan) => Promise.resolve(afterPlan(config, observation, plan)),
  // The files of a plan are complete texts, and the checks of a project do not depend on the current ones.
  checkable: (plan) => plan,
};

/**
 * The journal of a migration is closed before the upgrade state is removed: both have the version that the upgrade
 * leads to.
 */
function unfinishedTarget({ migration, project }: ComposeObservation): Version | null {
  if (migration?.journal?.closed === false) return parseVersion(migration.journal.to);
  return parseVersion(project.upgradeState?.to ?? '');
}
