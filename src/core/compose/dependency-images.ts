// The check `dependency-images` of a Docker Compose project: services that are not upgraded. Pure.
import { pass, someOf, warn } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import { type Version, parseImage, isOlder } from '../model/version.js';
import { MINIO_MOVES } from '../knowledge/object-store.js';
import type { ProjectObservation } from './observation.js';

/** The object store is not upgraded. The check warns if the official files of the target version use a newer one. */
export function evaluateObjectStore({ services }: ProjectObservation, from: Version, to: Version): CheckResult[] {
  const minio = services.find((service) => /(^|\/)minio$/.test(parseImage(service.image).repository));
  const others = services.filter((service) => service.role === '').map((service) => service.name);
  const source = 'milvus-io/milvus deployments/docker/standalone/docker-compose.yml';
  const row = MINIO_MOVES.find(({ crossing }) => isOlder(from, crossing) && !isOlder(to, crossing));
  const kept = pass(
    'dependency-images',
    others.length === 0
      ? 'the project has no other services'
      : `${someOf(others)} ${others.length > 1 ? 'are' : 'is'} not changed`,
    source,
  );
  if (!minio || !row || releaseOf(minio.image) >= row.release) return [kept];
  return [warn('dependency-images', `${minio.name} stays on ${minio.image}: ${row.why}`, row.remedy, row.source)];
}

export function releaseOf(image: string): string {
  return /RELEASE\.(\d{4}-\d{2}-\d{2})/.exec(image)?.[1] ?? '9999';
}
