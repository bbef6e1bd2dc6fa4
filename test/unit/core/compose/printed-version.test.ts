// The version that Milvus prints at its start, where the tag of its image has none.
import { describe, expect, it } from '@jest/globals';
import { printedDiffers, printedVersion, readPrintedVersion } from '../../../../src/core/compose/printed-version.js';
import type { ProjectObservation } from '../../../../src/core/compose/observation.js';
import { findProjectRoute } from '../../../../src/core/compose/route.js';
import { version } from '../../../../src/core/model/version.js';
import { composeConfig } from '../../../support/configs.js';
import {
  containerObservation,
  observationOfProject,
  projectObservation,
  serviceObservation,
} from '../../../support/containers.js';

const banner = (text: string): string =>
  `2024/01/01 maxprocs: using 8\n    __  _________\nWelcome to use Milvus!\nVersion:   ${text}\nBuilt:     Mon\nGitCommit: abc\n`;
const LATEST = 'milvusdb/milvus:latest';

function project(printedVersions: ProjectObservation['printedVersions'] = {}): ProjectObservation {
  const containers = [containerObservation({ image: LATEST })];
  return projectObservation({ services: [serviceObservation({ image: LATEST, containers })], printedVersions });
}

describe('the version in the log of Milvus', () => {
  it.each([
    ['is read from the banner', banner('v2.2.12'), version('2.2.12')],
    ['is read without a "v"', banner('2.2.12'), version('2.2.12')],
    ['is unknown for a build between two releases', banner('v2.2.12-14-gabcdef'), null],
    ['is unknown for a build with only a commit', banner('master-20240101-abcdef'), null],
    ['is unknown without the banner', 'Version:   v2.2.12\n', null],
  ])('%s', (_, log, expected) => {
    expect(readPrintedVersion(log)).toEqual(expected);
  });
});

describe('a project with the tag latest', () => {
  it('is upgraded from the version that Milvus printed', () => {
    const observed = observationOfProject(project({ standalone: version('2.2.12') }));
    expect(findProjectRoute(composeConfig(), observed)?.from).toEqual(version('2.2.12'));
  });

  it('has no route if Milvus printed none and source-version is not set', () => {
    expect(printedVersion(project({ standalone: null }))).toBeNull();
    expect(findProjectRoute(composeConfig(), observationOfProject(project({ standalone: null })))).toBeNull();
  });

  it('is refused if source-version is another one', () => {
    const config = { ...composeConfig(), source: version('2.2.9') };
    expect(printedDiffers(config, project({ standalone: version('2.2.12') }))).toMatchObject([
      { id: 'source-version-differs', reason: expect.stringContaining('printed 2.2.12') },
    ]);
  });
});
