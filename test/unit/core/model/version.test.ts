import { describe, expect, it } from '@jest/globals';
import {
  compareVersions,
  formatVersion,
  imageForVersion,
  parseImage,
  parseVersion,
  version,
  whyNoImage,
} from '../../../../src/core/model/version.js';

describe('versions', () => {
  it.each([
    ['2.2.16', '2.2.16'],
    ['v2.2.16', '2.2.16'],
    ['2.6.0-rc1', '2.6.0-rc1'],
    ['2.4.13-hotfix', '2.4.13'],
    ['2.4.0-gpu', '2.4.0'],
  ])('parse %s as %s', (text, expected) => {
    const parsed = parseVersion(text);
    expect(parsed && formatVersion(parsed)).toBe(expected);
  });

  it.each(['', 'latest', '2', '2.6', 'v2.6.x', 'master-20240101'])('do not include "%s"', (text) => {
    expect(parseVersion(text)).toBeNull();
  });

  it('sort a release candidate before its release', () => {
    expect(compareVersions(version('2.6.0-rc1'), version('2.6.0'))).toBeLessThan(0);
    expect(compareVersions(version('2.10.0'), version('2.9.9'))).toBeGreaterThan(0);
  });
});

describe('images', () => {
  it.each([
    ['milvusdb/milvus:v2.2.16', 'milvusdb/milvus', 'v2.2.16', '2.2.16'],
    ['registry:5000/a/milvus:v2.2.16', 'registry:5000/a/milvus', 'v2.2.16', '2.2.16'],
    ['registry:5000/a/milvus', 'registry:5000/a/milvus', '', null],
    ['milvusdb/milvus:v2.3.1-gpu@sha256:ab', 'milvusdb/milvus', 'v2.3.1-gpu', '2.3.1'],
    ['milvusdb/milvus:v2.6.0-rc1', 'milvusdb/milvus', 'v2.6.0-rc1', '2.6.0-rc1'],
    ['milvusdb/milvus:2.2.0-20230112-ab12cd3', 'milvusdb/milvus', '2.2.0-20230112-ab12cd3', '2.2.0'],
    ['milvusdb/milvus:master-20240101-ab', 'milvusdb/milvus', 'master-20240101-ab', null],
  ])('are parsed from %s', (reference, repository, tag, expected) => {
    const parsed = parseImage(reference);
    expect(parsed).toMatchObject({ repository, tag });
    expect(parsed.version && formatVersion(parsed.version)).toBe(expected);
  });

  it.each([
    ['registry:5000/a/milvus:v2.2.12', 'registry:5000/a/milvus:v2.2.16'],
    ['milvusdb/milvus:v2.3.1-gpu', 'milvusdb/milvus:v2.2.16-gpu'],
    ['milvusdb/milvus:v2.3.1-arm64', 'milvusdb/milvus:v2.2.16-arm64'],
    ['milvusdb/milvus:v2.3.1-gpu-arm64', 'milvusdb/milvus:v2.2.16-gpu-arm64'],
    ['milvusdb/milvus:v2.5.15-20250718-3a3b374f-gpu-arm64', 'milvusdb/milvus:v2.2.16-gpu-arm64'],
    ['milvusdb/milvus:v2.4.0-rc.1-gpu', 'milvusdb/milvus:v2.2.16-gpu'],
    ['milvusdb/milvus:v2.4.13-hotfix', 'milvusdb/milvus:v2.2.16'],
    ['milvusdb/milvus:v2.4.13-debug', 'milvusdb/milvus:v2.2.16-debug'],
    ['bitnami/milvus:2.5.13', 'bitnami/milvus:2.2.16'],
    ['milvusdb/milvus:latest', 'milvusdb/milvus:v2.2.16'],
    ['milvusdb/milvus:2.2.0-20230112-ab12cd3', 'milvusdb/milvus:v2.2.16'],
    ['h/milvus:2.5.16', 'h/milvus:2.2.16'],
    ['milvusdb/milvus:v2.2.16-fips', 'milvusdb/milvus:v2.2.16-fips'],
    ['milvusdb/milvus:v2.2.16@sha256:ab', 'milvusdb/milvus:v2.2.16@sha256:ab'],
  ])('keep repository, variant and tag style of %s in an upgrade', (current, expected) => {
    expect(imageForVersion(current, version('2.2.16'))).toBe(expected);
  });

  it.each([
    ['milvusdb/milvus:v2.5.10@sha256:ab', 'pinned by a digest'],
    ['milvusdb/milvus@sha256:ab', 'pinned by a digest'],
    ['milvusdb/milvus:2.5.6-sse42', 'the suffix "-sse42" in the tag of milvusdb/milvus:2.5.6-sse42 is unknown'],
    ['milvusdb/milvus:v2.5.16-gpu-fips', '"-fips"'],
    ['milvusdb/milvus:v2.2.16-fips', ''],
    ['milvusdb/milvus:v2.5.16-gpu', ''],
  ])('explain why no image of another version can be derived from %s', (current, reason) => {
    const found = whyNoImage(current, version('2.2.16'));
    expect(reason === '' ? found : found.includes(reason)).toBe(reason === '' ? '' : true);
  });

  it.each([
    ['milvusdb/milvus:2.5.6-sse42', '2.5.6', ''],
    ['milvusdb/milvus:v2.4.0-rc.1-gpu', '2.4.0-rc.1', '-gpu'],
    ['milvusdb/milvus:v2.5.15-20250718-3a3b374f-gpu-arm64', '2.5.15', '-gpu-arm64'],
  ])('separate version and variant of %s', (reference, expected, variant) => {
    const parsed = parseImage(reference);
    expect([parsed.version && formatVersion(parsed.version), parsed.variant]).toEqual([expected, variant]);
  });

  it('count a requested version with an unknown suffix as a pre-release', () => {
    expect(parseVersion('2.5.6-sse42')).toMatchObject({ patch: 6, preRelease: 'sse42' });
  });
});
