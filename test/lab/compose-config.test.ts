// The real Docker Compose decides how a project is read: before and after the edit of the product, its images are those
// of `docker-compose config`, and in that output an edit changes nothing but the requested images and what the product
// reports. A version that cannot read a project is recorded with its message: docs/verification/compose-files.md.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readingProblems } from '../../src/core/compose/route.js';
import { REAL_WORLD } from '../unit/core/compose/files/real-world-files.js';
import type { RealWorldProject } from '../unit/core/compose/files/real-world-project.js';
import { differences, imagesIn, programOf, ProjectOnDisk } from './compose-config.js';
import { COMPOSE_VERSIONS, EQUAL, type ComposeReading } from './compose-readings.js';
import { lab } from './lab.js';
import { isRecording, readRecord, saveRecord } from './records.js';
import { rowsOf } from './tier.js';

/** The program of the lab's default version, which `npm test` has installed, and each of the versions. */
const DEFAULT = 'the default';
/** LAB_COMPOSE_VERSIONS='5.6' selects other versions. */
const versions = process.env.LAB_COMPOSE_VERSIONS?.split(' ') ?? rowsOf([DEFAULT, ...COMPOSE_VERSIONS]);
const readings = new Map<string, Record<string, string>>();

/** What a version makes of a project: equal to the reading of the product, or its message. */
function compare(project: RealWorldProject, program: string): string {
  const disk = new ProjectOnDisk(project);
  try {
    expect(disk.files()).toEqual(project.files);
    const before = disk.config(program);
    const ofProduct = disk.configOfProduct(program);
    expect(ofProduct).toEqual(before);
    if ('message' in before) return before.message;
    const found = imagesIn(before.config);
    const services = Object.keys(found);
    const read = disk.images(services);
    // What a version reads differently is refused before any change.
    const edited = Object.keys(project.images).map((name) => ({ name, image: found[name] ?? '' }));
    const [problem] = readingProblems(read, edited);
    if (problem !== undefined) return `refused: ${problem}`;
    expect(Object.fromEntries(read)).toEqual(found);

    const reported = disk.edit();
    const after = disk.config(program);
    if ('message' in after) throw new Error(`Compose cannot read the edited project: ${after.message}`);
    expect(imagesIn(after.config)).toMatchObject(project.images);
    expect(differences(before.config, after.config, project.images)).toEqual(reported);
    expect(Object.fromEntries(disk.images(services))).toEqual(imagesIn(after.config));
    return EQUAL;
  } finally {
    disk.remove();
  }
}

describe.each(versions)('Compose %s reads', (version) => {
  const program = programOf(version === DEFAULT ? '' : version);
  let key = version;
  // The lab of this unit installs the programs of its tier; alone, this file installs what is missing.
  beforeAll(() => {
    if (!existsSync(program)) lab('tools', version === DEFAULT ? 'node' : 'compose');
    if (version === DEFAULT) key = versionOf(program);
  }, 3_600_000);

  it.each(REAL_WORLD.map((project) => [project.title, project] as const))('%s', (title, project) => {
    const reading = compare(project, program);
    readings.set(title, { ...readings.get(title), [key]: reading });
    if (isRecording) return;
    const known = readRecord<ComposeReading>('compose-readings').find((row) => row.title === title);
    expect(reading).toBe(known?.versions[key] ?? 'not recorded: run this test with LAB_RECORD=1');
  });
});

/** Such as `2.26`. */
function versionOf(program: string): string {
  const text = execFileSync(program, ['version', '--short'], { encoding: 'utf8' });
  return /\d+\.\d+/.exec(text)?.[0] ?? '';
}

afterAll(() => {
  const known = readRecord<ComposeReading>('compose-readings');
  const rows = [...readings].map(([title, found]): ComposeReading => {
    const earlier = known.find((row) => row.title === title)?.versions ?? {};
    return { title, versions: { ...earlier, ...found } };
  });
  saveRecord('compose-readings', rows, ({ title }) => title);
});
