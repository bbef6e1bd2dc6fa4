// Services of Milvus that are built from source.
import { describe, expect, it } from '@jest/globals';
import { builtHere } from '../../../../src/core/compose/build-rules.js';
import { composeConfig } from '../../../support/configs.js';
import { NEW, OLD, projectObservation, serviceObservation } from '../../../support/containers.js';

function check(overrides: Parameters<typeof serviceObservation>[0], image = ''): ReturnType<typeof builtHere> {
  const { setup } = serviceObservation();
  const service = serviceObservation({ setup: { ...setup, build: '/srv/milvus/image' }, ...overrides });
  return builtHere(composeConfig({ image }), projectObservation({ services: [service] }), { standalone: NEW });
}

describe('a service with build beside its image', () => {
  it('refuses the upgrade with what to build', () => {
    const [result] = check({});
    expect(result).toMatchObject({ id: 'image-built-here', state: 'fail', skippable: true });
    expect(result?.reason).toContain('built from /srv/milvus/image');
    expect(result?.remedy).toContain(`docker build --tag ${NEW} /srv/milvus/image`);
  });

  it.each<[string, Parameters<typeof serviceObservation>[0], string]>([
    ['no build', { setup: serviceObservation().setup }, ''],
    ['the desired image already', { image: NEW }, ''],
    ['no container', { containers: [] }, ''],
    ['an image from the input', { image: OLD }, 'milvusdb/milvus:v2.2.16'],
  ])('is accepted with %s', (_, overrides, image) => {
    expect(check(overrides, image)).toEqual([]);
  });
});
