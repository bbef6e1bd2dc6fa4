// The newest version that has run decides which rollback is possible.
import { describe, expect, it } from '@jest/globals';
import { newestVersion } from '../../../../src/core/model/observation.js';
import { formatVersion } from '../../../../src/core/model/version.js';
import { component, newImage, oldImage, stages } from '../../../support/events.js';
import type { Component } from '../../../../src/core/model/component.js';

const newest = (...components: readonly Component[]): string => {
  const found = newestVersion({ components });
  return found ? formatVersion(found) : '';
};

describe('the newest version', () => {
  it('is that of a pod whose Deployment has the old template again', () => {
    expect(newest(stages.old('proxy'), component('rootcoord', { podImages: [oldImage, newImage] }))).toBe('2.2.16');
  });

  it('is that of a template without pods', () => {
    expect(
      newest(stages.old('proxy'), component('rootcoord', { templateImage: newImage, podImages: [oldImage] })),
    ).toBe('2.2.16');
  });

  it('is not that of a template that a rolling upgrade has paused', () => {
    const pauseRecord = { state: 'paused', run: 'r', since: '', to: '2.2.16' } as NonNullable<Component['pauseRecord']>;
    expect(
      newest(
        stages.old('proxy'),
        component('rootcoord', { templateImage: newImage, podImages: [oldImage], paused: true, pauseRecord }),
      ),
    ).toBe('2.2.12');
  });

  it('is null if no image has a version', () => {
    expect(newest(component('proxy', { templateImage: 'milvus:latest', podImages: [] }))).toBe('');
  });
});
