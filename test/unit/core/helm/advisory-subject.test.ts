import { describe, expect, it } from '@jest/globals';
import { advisorySubject } from '../../../../src/core/helm/advisory-subject.js';
import { observationOf } from '../../../support/events.js';

describe('the version of Pulsar', () => {
  it.each([
    ['of Pulsar v2 that the chart installs', { pulsar: { enabled: true, images: { broker: { tag: '2.8.2' } } } }, 2],
    ['of Pulsar v3 that the chart installs', { pulsarv3: { enabled: true, defaultPulsarImageTag: '3.0.7' } }, 3],
  ])('is the tag of its brokers: %s', (_, values, major) => {
    expect(advisorySubject(observationOf([]), values).pulsar?.major).toBe(major);
  });

  it.each([
    ['an external Pulsar', { pulsar: { enabled: false, images: { broker: { tag: '2.8.2' } } } }],
    ['a tag without a version', { pulsar: { enabled: true, images: { broker: { tag: 'latest' } } } }],
  ])('is unknown for %s', (_, values) => {
    expect(advisorySubject(observationOf([]), values).pulsar).toBeNull();
  });
});
