// Every chart and every Milvus version that a workflow or a page names must exist.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CHART_VERSIONS } from '../../../../src/core/knowledge/charts.js';
import { LATEST_PATCHES } from '../../../../src/core/knowledge/stops.js';
import { compareVersions, sameMinor, version } from '../../../../src/core/model/version.js';

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${directory}/${name}`);
const FILES = [
  'README.md',
  'action.yml',
  ...['docs', 'docs/examples', 'docs/decisions', '.github/workflows'].flatMap(filesIn),
  // bad-inputs.md has wrong inputs on purpose.
].filter((file) => file !== 'docs/verification/bad-inputs.md' && /\.(md|ya?ml)$|Jenkinsfile$/.test(file));

/** Released, but never in the index of the public repository (zilliztech/milvus-helm#316), or only tagged. */
const OUTSIDE_THE_INDEX = new Set(['5.0.22', '5.0.26']);
const CHART = /\b(?:charts?|chart-version|milvus-helm milvus|--version)\b[\s`:="'-]{0,4}v?([345]\.\d+\.\d+)\b/g;
const MILVUS =
  /\b(?:milvus:v?|[Mm]ilvus |(?:from|to|target-version|source-version)[\s`:="']{1,4}v?)((?:2\.\d+|3\.0)\.\d+)\b/g;

function named(pattern: RegExp): [string, string][] {
  return FILES.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)].map((match): [string, string] => [file, match[1] ?? '']),
  );
}

describe('a workflow or a page', () => {
  it('names only charts that exist', () => {
    const known = new Set([...CHART_VERSIONS.map((row) => row.version), ...OUTSIDE_THE_INDEX]);
    expect(named(CHART).length).toBeGreaterThan(20);
    expect(named(CHART).filter(([, chart]) => !known.has(chart))).toEqual([]);
  });

  it('names only Milvus versions up to the latest known patch', () => {
    const isKnown = (text: string): boolean => {
      const latest = LATEST_PATCHES.map((patch) => version(patch.version)).find((row) => sameMinor(row, version(text)));
      return latest !== undefined && compareVersions(version(text), latest) <= 0;
    };
    expect(named(MILVUS).length).toBeGreaterThan(20);
    expect(named(MILVUS).filter(([, milvus]) => !isKnown(milvus))).toEqual([]);
  });
});
