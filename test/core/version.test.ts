import { describe, expect, it } from '@jest/globals';
import { compareVersions, formatVersion, imageForVersion, parseImage, parseVersion, version } from '../../src/core/version.js';

describe('versions', () => {
  it.each([
    ['2.2.16', '2.2.16'],
    ['v2.2.16', '2.2.16'],
    ['2.6.0-rc1', '2.6.0-rc1'],
    ['2.4.13-hotfix', '2.4.13'],
    ['2.4.0-gpu', '2.4.0'],
  ])('reads %s as %s', (text, expected) => {
    const parsed = parseVersion(text);
    expect(parsed && formatVersion(parsed)).toBe(expected);
  });

  it.each(['', 'latest', '2', '2.6', 'v2.6.x', 'master-20240101'])('does not take "%s" for a version', (text) => {
    expect(parseVersion(text)).toBeNull();
  });

  it('orders a release candidate before its release', () => {
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
  ])('takes %s apart', (reference, repository, tag, expected) => {
    const parsed = parseImage(reference);
    expect(parsed).toMatchObject({ repository, tag });
    expect(parsed.version && formatVersion(parsed.version)).toBe(expected);
  });

  it.each([
    ['registry:5000/a/milvus:v2.2.12', 'registry:5000/a/milvus:v2.2.16'],
    ['milvusdb/milvus:v2.3.1-gpu', 'milvusdb/milvus:v2.2.16-gpu'],
    ['milvusdb/milvus:2.2.0-20230112-ab12cd3', 'milvusdb/milvus:v2.2.16'],
    ['h/milvus:2.5.16', 'h/milvus:2.2.16'],
    ['milvus:latest', 'milvus:v2.2.16'],
  ])('upgrades %s within its repository and hardware variant', (current, expected) => {
    expect(imageForVersion(current, version('2.2.16'))).toBe(expected);
  });
});
