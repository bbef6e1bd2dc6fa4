// Saves the diagnostics of a failure in a directory: the state and the log of each Milvus container. Runs before a
// rollback.
import { stringify } from 'yaml';
import { pickHead, renderIndex, type Evidence, type PodStory } from '../core/model/evidence.js';
import type { ContainerObservation } from '../core/compose/containers.js';
import { milvusServices, type ProjectObservation } from '../core/compose/observation.js';
import type { ComposeConfig } from '../core/config/config.js';
import { makeRedactor, secretsOf } from '../core/redaction/redact.js';
import { EvidenceDirectory } from '../runner/evidence-folder.js';
import type { Docker } from './docker/docker.js';
import { maskLarge } from '../runner/mask-large.js';

const LOG_LINES = 500;

export interface EvidenceOptions {
  readonly docker: Docker;
  readonly config: ComposeConfig;
  readonly project: ProjectObservation;
  readonly redact: (text: string) => string;
}

/** Never throws; null if the directory could not be created. */
export async function saveProjectEvidence({
  docker,
  config,
  project,
  redact: hideKnown,
}: EvidenceOptions): Promise<Evidence | null> {
  try {
    const takenAt = new Date().toISOString();
    const directory = EvidenceDirectory.make(
      config.evidencePath,
      `compose-${project.name}-${takenAt.replace(/[:.]/g, '')}`,
    );
    const saver: ContainerSaver = { docker, project, directory, redact: cleaner(project, hideKnown) };
    const stories: PodStory[] = [];
    for (const { name: service, containers } of milvusServices(project))
      for (const container of containers) stories.push(...(await saveContainer(service, container, saver)));
    const head = [...directory.notes, ...pickHead(stories)];
    const files = [...directory.files].sort((a, b) => (a.path < b.path ? -1 : 1));
    directory.write(
      ['index.md'],
      'this page',
      renderIndex({ name: project.name, location: project.directory, takenAt, head, missing: [], files }),
    );
    return { directory: directory.path, files: directory.files.map((file) => file.path).sort(), head };
  } catch {
    return null;
  }
}

interface ContainerSaver extends Pick<EvidenceOptions, 'docker' | 'project' | 'redact'> {
  readonly directory: EvidenceDirectory;
}

/** Saves the log and the state of a container. Returns its story if it is not healthy. */
async function saveContainer(
  service: string,
  container: ContainerObservation,
  { docker, project, directory, redact }: ContainerSaver,
): Promise<PodStory[]> {
  const { id, name } = container;
  const state = stateOf(container);
  const text = await maskLarge(await docker.logs(id, LOG_LINES).catch(() => ''), redact);
  directory.write([service, `${name}.log`], `log of ${name}, last ${LOG_LINES} lines`, text);
  directory.write(
    [service, `${name}.yaml`],
    `container ${name}: ${state}`,
    redact(stringify(withoutSecrets(container))),
  );
  if (!isTroubled(container, project)) return [];
  return [{ deployment: service, pod: name, state, events: [], logs: [{ container: service, previous: false, text }] }];
}

function isTroubled({ id, state, health }: ContainerObservation, project: ProjectObservation): boolean {
  return state !== 'running' || health === 'unhealthy' || project.health[id]?.state === 'not-yet';
}

function stateOf({ state, exitCode, restarts, health, healthOutput, image }: ContainerObservation): string {
  const details = [
    `${image} is ${state}`,
    ...(state === 'exited' ? [`exit code ${exitCode}`] : []),
    ...(restarts > 0 ? [`${restarts} restarts`] : []),
  ];
  return [...details, ...(health === 'none' ? [] : [`health: ${health}${healthOutput && `: ${healthOutput}`}`])].join(
    ', ',
  );
}

/** Keeps only the names of variables: their values may be secrets. */
function withoutSecrets({ environment, labels: _labels, ...rest }: ContainerObservation): object {
  return { ...rest, environment: Object.keys(environment.reveal()) };
}

function cleaner({ services }: ProjectObservation, hideKnown: (text: string) => string): (text: string) => string {
  const redactor = makeRedactor();
  const secrets = services
    .flatMap((service) => [service.environment, ...service.containers.map(({ environment }) => environment)])
    .flatMap(secretsOf);
  for (const secret of [...new Set(secrets)].sort((a, b) => b.length - a.length)) redactor.addSecret(secret);
  return (text) => redactor.redact(hideKnown(text));
}
