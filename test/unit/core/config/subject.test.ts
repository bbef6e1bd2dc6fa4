// What the report names if the inputs cannot be parsed.
import { describe, expect, it } from '@jest/globals';
import { subjectOf } from '../../../../src/core/config/subject.js';
import { inputs } from '../../../support/inputs.js';

describe('the subject of a run', () => {
  it('is the release and its namespace', () => {
    expect(subjectOf(inputs({ release: 'my', namespace: 'prod' }))).toEqual({
      platform: 'helm',
      release: 'my',
      namespace: 'prod',
    });
  });

  it('is the project, which has no namespace, whatever the inputs for Helm are', () => {
    const raw = inputs({ platform: 'compose', 'project-name': 'vectors', release: 'my', namespace: 'prod' });
    expect(subjectOf(raw)).toEqual({ platform: 'compose', release: 'vectors', namespace: '' });
  });

  it('is a release if the platform is unknown', () => {
    expect(subjectOf(inputs({ platform: 'nomad', release: 'my' })).platform).toBe('helm');
  });
});
