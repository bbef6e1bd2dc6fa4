// The evidence of a failure: what each container of Milvus is and what it printed, in a folder. Read before anything is put back.
import { stringify } from 'yaml';
import { pickHead, renderIndex, type Evidence, type PodStory } from '../core/evidence.js';
import type { ContainerObservation } from '../core/compose/containers.js';
import { milvusServices, type ProjectObservation } from '../core/compose/seen.js';
import type { Config } from '../core/goal.js';
import { makeRedactor, secretsOf } from '../core/redact.js';
import { EvidenceDirectory } from '../runner/evidence-folder.js';
import type { Docker } from './docker.js';
import { maskLarge } from '../runner/mask-large.js';

const LOG_LINES = 500;

export interface EvidenceOptions {
  readonly docker: Docker;
  readonly config: Config;
  readonly project: ProjectObservation;
  readonly redact: (text: string) => string;
}

/** Never throws; null when not even a folder could be made. */
export async function saveProjectEvidence({ docker, config, project, redact: hideKnown }: EvidenceOptions): Promise<Evidence | null> {
  try {
    const takenAt = new Date().toISOString();
    const directory = EvidenceDirectory.make(config.evidencePath, `compose-${project.name}-${takenAt.replace(/[:.]/g, '')}`);
    const redact = cleaner(project, hideKnown);
    const stories: PodStory[] = [];
    for (const { name: service, containers } of milvusServices(project))
      for (const container of containers) {
        const text = await maskLarge(await docker.logs(container.id, LOG_LINES).catch(() => ''), redact);
        directory.write([service, `${container.name}.log`], `log of ${container.name}, last ${LOG_LINES} lines`, text);
        directory.write(
          [service, `${container.name}.yaml`],
          `container ${container.name}: ${stateOf(container)}`,
          redact(stringify(withoutSecrets(container))),
        );
        if (isTroubled(container, project))
          stories.push({
            deployment: service,
            pod: container.name,
            state: stateOf(container),
            events: [],
            logs: [{ container: service, previous: false, text }],
          });
      }
    const head = [...directory.notes, ...pickHead(stories)];
    const files = [...directory.files].sort((a, b) => (a.path < b.path ? -1 : 1));
    directory.write(['index.md'], 'this page', renderIndex({ release: project.name, namespace: project.directory, takenAt, head, missing: [], files }));
    return { directory: directory.path, files: directory.files.map((each) => each.path).sort(), head };
  } catch {
    return null;
  }
}

function isTroubled({ id, state, health }: ContainerObservation, project: ProjectObservation): boolean {
  return state !== 'running' || health === 'unhealthy' || project.health[id]?.state === 'not-yet';
}

function stateOf({ state, exitCode, restarts, health, healthSaid, image }: ContainerObservation): string {
  const words = [`${image} is ${state}`, ...(state === 'exited' ? [`exit code ${exitCode}`] : []), ...(restarts > 0 ? [`${restarts} restarts`] : [])];
  return [...words, ...(health === 'none' ? [] : [`health: ${health}${healthSaid && `: ${healthSaid}`}`])].join(', ');
}

/** Names of variables only: their values may be secrets of any kind. */
function withoutSecrets({ environment, labels: _labels, ...rest }: ContainerObservation): object {
  return { ...rest, environment: Object.keys(environment.reveal()) };
}

function cleaner({ services }: ProjectObservation, hideKnown: (text: string) => string): (text: string) => string {
  const redactor = makeRedactor();
  const secrets = services.flatMap((each) => [each.environment, ...each.containers.map(({ environment }) => environment)]).flatMap(secretsOf);
  for (const secret of [...new Set(secrets)].sort((a, b) => b.length - a.length)) redactor.addSecret(secret);
  return (text) => redactor.redact(hideKnown(text));
}
