// Whether the files select the image that runs.
import { describe, expect, it } from '@jest/globals';
import { runningImageDiffers } from '../../../../src/core/compose/image-rules.js';
import type { ProjectObservation } from '../../../../src/core/compose/observation.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';
import { SecretValues } from '../../../../src/core/model/values.js';
import {
  containerObservation,
  observationOfProject,
  projectObservation,
  serviceObservation,
} from '../../../support/containers.js';

function projectOf(ran: string, requested: string, said: Partial<ProjectObservation> = {}): ProjectObservation {
  return projectObservation({
    services: [serviceObservation({ image: requested, containers: [containerObservation({ image: ran })] })],
    ...said,
  });
}
const codes = (project: ProjectObservation): string[] =>
  runningImageDiffers(observationOfProject(project)).map((failedCheck) => failedCheck.id);
const milvus = (tag: string): string => `milvusdb/milvus${tag}`;

describe('a service whose files select another image than its container runs', () => {
  it.each<[string, string, string, boolean]>([
    ['the same image', milvus(':v2.6.5'), milvus(':v2.6.5'), false],
    ['another version', milvus(':v2.5.15'), milvus(':v2.5.27'), false],
    ['another version of the same variant', milvus(':v2.5.15-gpu'), milvus(':v2.5.27-gpu'), false],
    ['the same image under its Podman name', `docker.io/${milvus(':v2.6.5')}`, milvus(':v2.6.5'), false],
    ['a version instead of none', milvus(':latest'), milvus(':v2.6.5'), false],
    ['another version and another digest', milvus(':v2.5.15@sha256:aa'), milvus(':v2.5.27@sha256:bb'), false],
    ['an image of which only the ID is known', 'sha256:0123', milvus(':v2.6.5'), false],
    ['the GPU variant', milvus(':v2.6.5'), milvus(':v2.6.5-gpu'), true],
    ['the CPU variant', milvus(':v2.6.5-gpu'), milvus(':v2.6.5'), true],
    ['another variant of another version', milvus(':v2.5.15'), milvus(':v2.6.5-gpu'), true],
    ['an unknown suffix', milvus(':v2.6.5'), milvus(':v2.6.5-fips'), true],
    ['another repository', milvus(':v2.6.5'), 'registry.example.com/milvus:v2.6.5', true],
    ['no version instead of one', milvus(':v2.6.5'), milvus(':latest'), true],
    ['no tag', milvus(':v2.6.5'), milvus(':'), true],
    ['another digest of the same version', milvus(':v2.6.5@sha256:aa'), milvus(':v2.6.5@sha256:bb'), true],
    ['no digest any more', milvus(':v2.6.5@sha256:aa'), milvus(':v2.6.5'), true],
  ])('with %s is refused only if more than the version differs', (_, ran, requested, isRefused) => {
    expect(codes(projectOf(ran, requested))).toEqual(isRefused ? ['running-image-differs'] : []);
  });

  it('is refused with a message that contains both images and the missing variables', () => {
    const text = new SecretString('services: {standalone: {image: "milvusdb/milvus:${V:-${W:-v2.6.5-gpu}}"}}');
    const files = [{ kind: 'compose', path: 'compose.yml', text } as const];
    const project = projectOf(milvus(':v2.6.5'), milvus(':v2.6.5-gpu'), { files, environment: new SecretValues({}) });
    const [failedCheck] = runningImageDiffers(observationOfProject(project));
    expect(failedCheck).toMatchObject({
      reason:
        'standalone runs milvusdb/milvus:v2.6.5, but the files select milvusdb/milvus:v2.6.5-gpu: V and W are not set in this run',
      skippable: false,
    });
    expect(failedCheck?.remedy).toContain('Set V and W to the value that `docker compose up` was run with');
  });

  it('is not refused during an incomplete upgrade', () => {
    const notes = { run: 'r', since: 's', from: '2.2.12', to: '2.2.16', images: {}, files: [] };
    expect(codes(projectOf(milvus(':v2.6.5'), 'acme/milvus:v2.6.5', { upgradeState: notes }))).toEqual([]);
  });

  it('is compared with the stopped container if none is running', () => {
    const containers = [containerObservation({ image: milvus(':v2.6.5'), state: 'exited' })];
    expect(
      codes(projectObservation({ services: [serviceObservation({ image: milvus(':v2.6.5-gpu'), containers })] })),
    ).toEqual(['running-image-differs']);
  });
});
