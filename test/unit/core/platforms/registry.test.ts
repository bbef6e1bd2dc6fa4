// The choice of the planner.
import { describe, expect, it } from '@jest/globals';
import type { Config } from '../../../../src/core/config/config.js';
import { describeInstallation, observedName, withPlanner } from '../../../../src/core/platforms/registry.js';
import { composeConfig, helmConfig } from '../../../support/configs.js';
import { observationOfProject, projectObservation } from '../../../support/containers.js';
import { component, observationOf } from '../../../support/events.js';
import { helmObservation } from '../../../support/observations.js';

describe('the registry of planners', () => {
  it.each<[string, Config]>([
    ['helm', helmConfig()],
    ['compose', composeConfig()],
  ])('chooses the planner of %s from the config', (platform, config) => {
    expect(withPlanner(config, (own, planner) => [own.platform, planner.platform])).toEqual([platform, platform]);
  });

  it('describes an observation with the planner of its platform', () => {
    const [release, project] = [observationOf([component('proxy')]), observationOfProject(projectObservation())];
    expect([observedName(release), observedName(project)]).toEqual(['my', 'milvus']);
    expect(describeInstallation(release)[0]).toContain('Release my in ');
    expect(describeInstallation(project)[0]).toContain('Project milvus in /srv/milvus');
  });

  it('has no name for a release that does not exist', () => {
    expect(observedName(helmObservation({ release: null }))).toBe('');
  });
});
