// Why containers do not become ready, as the same causes that Deployments have. Pure.
import type { Cause } from '../model/cause.js';
import { CAUSES } from '../knowledge/causes.js';
import type { ContainerObservation } from './containers.js';
import { milvusServices, type ProjectObservation } from './observation.js';
import type { CauseCode } from '../model/cause-code.js';

/** A container with this many restarts is certainly in a crash loop. */
const MAX_RESTARTS = 3;

/** Hints for Docker, where those for Kubernetes do not apply. */
const HINTS: Partial<Record<CauseCode, string>> = {
  CRASH_LOOP:
    'Read the log of this container (docker compose logs): Milvus exits, usually because of its configuration or because it cannot reach a dependency.',
  OOM_KILLED: 'Give the container or the machine more memory (mem_limit, deploy.resources).',
  PROBE_FAILING:
    'Read the log of this container (docker compose logs), and check that etcd, object store and message queue are running.',
};

/** Containers that exited before this run started any are ignored: their exit is not related to the upgrade. */
export function findCauses(project: ProjectObservation): readonly Cause[] {
  return milvusServices(project).flatMap(({ name, containers }) =>
    containers.flatMap((container) => [
      ...(project.started.includes(name) ? crash(name, container, project) : []),
      ...failingProbe(name, container),
    ]),
  );
}

function crash(deployment: string, container: ContainerObservation, { lastOutput }: ProjectObservation): Cause[] {
  const { id, name: pod, state, exitCode, oomKilled, restarts, finishedAt: since } = container;
  const hasEnded = state === 'exited';
  if (!hasEnded && !(restarts > 0 && (state === 'restarting' || state === 'running'))) return [];
  const words = lastOutput[id] ?? '';
  const evidence = [`it exited with code ${exitCode}${restarts > 0 ? `, ${restarts} restarts` : ''}`, words]
    .filter(Boolean)
    .join(': ');
  const code = oomKilled ? 'OOM_KILLED' : 'CRASH_LOOP';
  return [
    { code, certain: hasEnded || restarts >= MAX_RESTARTS, deployment, pod, since, evidence, hint: hintOf(code) },
  ];
}

/** Never certain: the container may recover. */
function failingProbe(
  deployment: string,
  { name: pod, state, health, healthOutput, startedAt: since }: ContainerObservation,
): Cause[] {
  if (state !== 'running' || health !== 'unhealthy') return [];
  const code = 'PROBE_FAILING';
  return [
    {
      code,
      certain: false,
      deployment,
      pod,
      since,
      evidence: `its health check fails: ${healthOutput}`,
      hint: hintOf(code),
    },
  ];
}

function hintOf(code: CauseCode): string {
  return HINTS[code] ?? CAUSES[code].hint;
}
