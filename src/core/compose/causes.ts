// Why containers do not come through, as the causes that Deployments have. Pure.
import type { Cause, CauseCode } from '../causes.js';
import { CAUSES } from '../knowledge/causes.js';
import type { ContainerObservation } from './containers.js';
import { milvusServices, type ProjectObservation } from './seen.js';

/** Restarts after which it is no accident. */
const MOST_RESTARTS = 3;

/** Where the words for Kubernetes would lead astray. */
const HINTS: Partial<Record<CauseCode, string>> = {
  CRASH_LOOP:
    'Read the log of this container (docker compose logs): Milvus ends by itself, most often for its configuration or for a dependency that it cannot reach.',
  OOM_KILLED: 'Give the container or the machine more memory (mem_limit, deploy.resources).',
  PROBE_FAILING: 'Read the log of this container (docker compose logs), and look whether etcd, object store and message queue are up.',
};

/** What ended before this run began tells nothing of the upgrade. */
export function findCauses(project: ProjectObservation): readonly Cause[] {
  return milvusServices(project).flatMap(({ name, containers }) =>
    containers.flatMap((each) => [...(project.started.includes(name) ? crash(name, each, project) : []), ...failingProbe(name, each)]),
  );
}

function crash(deployment: string, container: ContainerObservation, { lastOutput }: ProjectObservation): Cause[] {
  const { id, name: pod, state, exitCode, oomKilled, restarts, finishedAt: since } = container;
  const hasEnded = state === 'exited';
  if (!hasEnded && !(restarts > 0 && (state === 'restarting' || state === 'running'))) return [];
  const words = lastOutput[id] ?? '';
  const evidence = [`it ended with exit code ${exitCode}${restarts > 0 ? `, ${restarts} restarts` : ''}`, words].filter(Boolean).join(': ');
  const code = oomKilled ? 'OOM_KILLED' : 'CRASH_LOOP';
  return [{ code, certain: hasEnded || restarts >= MOST_RESTARTS, deployment, pod, since, evidence, hint: hintOf(code) }];
}

/** It may heal by itself. */
function failingProbe(deployment: string, { name: pod, state, health, healthSaid, startedAt: since }: ContainerObservation): Cause[] {
  if (state !== 'running' || health !== 'unhealthy') return [];
  const code = 'PROBE_FAILING';
  return [{ code, certain: false, deployment, pod, since, evidence: `its health check fails: ${healthSaid}`, hint: hintOf(code) }];
}

function hintOf(code: CauseCode): string {
  return HINTS[code] ?? CAUSES[code].hint;
}
