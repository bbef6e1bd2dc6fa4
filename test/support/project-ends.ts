// The inputs for a Compose project of the tests, and the expected end states.
import { expect } from '@jest/globals';
import { FakeProject } from './fake-project.js';
import type { FakeTool } from './fake-tool.js';
import { inputs } from './inputs.js';
import { COMPOSE } from './project-files.js';
import type { RunResult } from './tools.js';

export const runInputs = (written: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ platform: 'compose', release: '', strategy: 'auto', 'step-timeout': '10s', ...written });
export const imageOf = (release: string): string => `milvusdb/milvus:v${release}`;

export interface End {
  readonly outcome?: RunResult['outcome'];
  readonly release: string;
  /** The files, if they differ from those at the start. */
  readonly files?: Readonly<Record<string, string>>;
  readonly metadata?: FakeTool['metadata'];
}

/** Asserts that the project runs this version from these files, and that no state of the upgrade is left. */
export function expectEnd(project: FakeProject, { release, files, metadata = 'migrated' }: End): void {
  expect(project.harm).toEqual([]);
  expect(project.images()).toEqual([imageOf(release)]);
  expect(project.texts()).toEqual(files ?? new FakeProject(release).texts());
  expect(project.upgradeState).toBeNull();
  expect(project.journal?.closed ?? true).toBe(true);
  expect(project.tool.metadata).toBe(metadata);
}

/** The calls of a migration, in order. */
export const MIGRATION_CALLS = [
  'write the journal',
  'stop standalone',
  'revoke the sessions',
  'create backup 1.1',
  'write backup 1.1 down',
  'start backup 1.1',
  'read the backup',
  'create migrate 1.1',
  'write migrate 1.1 down',
  'start migrate 1.1',
  'write the notes',
  `write ${COMPOSE}`,
  'up standalone',
  'close the journal',
  'remove the notes',
];
