// Compares how the containers of Milvus were started with how the files would start new ones: command, networks and
// environment. Anything besides the image is named; another command or other networks refuse the upgrade. Pure.
import { failSkippable, pass, someOf, warn } from '../checks/results.js';
import { own } from '../lib/own.js';
import type { CheckResult } from '../model/check-result.js';
import { plainMark } from '../redaction/mask-text.js';
import { maskLines } from '../redaction/mask-lines.js';
import { isUp } from './components.js';
import { effectsOf, type EditEffects } from './files/edit-effects.js';
import type { ContainerObservation } from './containers.js';
import { milvusServices, type ProjectObservation, type ServiceObservation } from './observation.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import type { ImageSetup } from './service-setup.js';
import type { FileChange } from './step.js';

/** By image ID. An image that could not be read is left out, and what it sets is not compared. */
export type ImageSetups = Readonly<Record<string, ImageSetup>>;

const DOCKER = 'docker inspect; docker compose config';
const FILES = 'the files of the project';
const REMEDY =
  'Set project-directory, compose-files, env-files and the environment variables to the values that `docker compose up` was run with. If the change is intended, skip this check: the new containers then get it together with the new version.';
const MAX_TEXT = 160;

/** `files` are the changes of the plan. */
export function evaluateSetup(
  project: ProjectObservation,
  images: ImageSetups,
  files: readonly FileChange[],
): CheckResult[] {
  const effects = effectsOfChanges(project, files);
  const pairs = milvusServices(project).flatMap((service) =>
    current(service).map((container) => ({ service, container })),
  );
  const commands = pairs.flatMap(({ service, container }) => commandDifference(service, container, images));
  const networks = pairs.flatMap(({ service, container }) => networkDifference(service, container, project.name));
  const variables = pairs.flatMap(({ service, container }) => variableDifference(service, container, images));
  return [
    result('command-would-change', [...commands, ...effects.command], 'Milvus keeps its command'),
    result('networks-would-change', [...networks, ...effects.networks], 'Milvus keeps its networks'),
    ...variablesChanged(variables),
    ...alsoEdited(effects.others),
  ];
}

function effectsOfChanges(project: ProjectObservation, files: readonly FileChange[]): EditEffects {
  const edits = files.map(({ path, after }) => ({ path, after: after.reveal() }));
  const { command, networks, others } = effectsOf(plainFiles(project), plainEnvironment(project), edits);
  const named = (settings: readonly string[]): string[] =>
    settings.map((setting) => `the text that sets the image also sets ${setting}`);
  return { command: named(command), networks: named(networks), others };
}

/** The running containers, or the stopped ones if none is running. */
function current({ containers }: ServiceObservation): readonly ContainerObservation[] {
  const up = containers.filter(isUp);
  return up.length > 0 ? up : containers;
}

function result(id: string, differences: readonly string[], unchanged: string): CheckResult {
  const distinct = [...new Set(differences)];
  return distinct.length === 0 ? pass(id, unchanged, DOCKER) : failSkippable(id, someOf(distinct, 4), REMEDY, DOCKER);
}

function commandDifference(
  { name, setup }: ServiceObservation,
  container: ContainerObservation,
  images: ImageSetups,
): string[] {
  const image = own(images, container.imageId);
  const entrypoint = setup.entrypoint ?? image?.entrypoint;
  // An entrypoint in the files resets the command of the image (docs.docker.com/reference/compose-file/services).
  const command = setup.command ?? (setup.entrypoint === null ? image?.command : []);
  const parts = [
    { what: 'entrypoint', ran: container.setup.entrypoint, desired: entrypoint },
    { what: 'command', ran: container.setup.command, desired: command },
  ];
  return parts.flatMap(({ what, ran, desired }) =>
    desired === undefined || isSameCommand(ran, desired)
      ? []
      : [`${name} runs with the ${what} ${quoted(ran)}, but the files set ${quoted(desired)}`],
  );
}

/** Compose 1 prints a string, whose quotes the container does not have. */
function isSameCommand(ran: readonly string[], desired: readonly string[]): boolean {
  const plain = (words: readonly string[]): string => words.join('').replaceAll(/["'\\\s]/g, '');
  return plain(ran) === plain(desired);
}

function quoted(words: readonly string[]): string {
  if (words.length === 0) return 'none';
  const masked = maskLines(words.join(' '), { mark: plainMark });
  const text = masked.replaceAll(/\s+/g, ' ');
  return `"${text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text}"`;
}

function networkDifference(
  { name, setup }: ServiceObservation,
  container: ContainerObservation,
  project: string,
): string[] {
  const [ran, desired] = [kindOfMode(container.setup.networkMode), kindOfMode(setup.networkMode)];
  if (ran !== desired && container.setup.networkMode !== '')
    return [`${name} runs with ${describeMode(ran)}, but the files set ${describeMode(desired)}`];
  const current = Object.keys(container.networks);
  if (ran !== '' || setup.networks.length === 0 || current.length === 0) return [];
  const names = setup.networks.map((network) => [network, `${project}_${network}`]);
  const lost = current.filter((network) => !names.some((accepted) => accepted.includes(network)));
  const added = names.filter((accepted) => !accepted.some((network) => current.includes(network)));
  return [
    ...lost.map((network) => `${name} is connected to the network ${network}, but the files do not list it`),
    ...added.map(([network = '']) => `${name} is not connected to the network ${network}, but the files list it`),
  ];
}

/** Every other mode is that of a container with networks of its own: Docker names one of them, Podman `bridge`. */
function kindOfMode(mode: string): 'host' | 'none' | 'shared' | '' {
  if (mode === 'host' || mode === 'none') return mode;
  return /^(container|service):/.test(mode) ? 'shared' : '';
}

function describeMode(kind: ReturnType<typeof kindOfMode>): string {
  if (kind === '') return 'its own networks';
  return kind === 'shared' ? 'the network of another container' : `the network mode "${kind}"`;
}

/** Names only: the values may be secrets. */
function variableDifference(
  { name, environment }: ServiceObservation,
  container: ContainerObservation,
  images: ImageSetups,
): string[] {
  const image = own(images, container.imageId);
  if (!image) return [];
  const ran = container.environment.reveal();
  const desired = { ...image.environment, ...environment.reveal() };
  const names = [...new Set([...Object.keys(ran), ...Object.keys(desired)])];
  const changed = names.filter(
    (variable) => !SET_BY_ENGINE.has(variable) && (ran[variable] ?? '') !== (desired[variable] ?? ''),
  );
  return changed.map((variable) => `${variable} of ${name}`);
}

/** The engine adds them to each container (Docker: HOSTNAME and HOME at the start; Podman: `container` and TERM). */
const SET_BY_ENGINE: ReadonlySet<string> = new Set(['HOSTNAME', 'HOME', 'TERM', 'container', 'PATH']);

/** What the same variable or anchor sets as well. */
function alsoEdited(settings: readonly string[]): CheckResult[] {
  if (settings.length === 0) return [];
  const reason = `the text that sets the image also sets ${someOf(settings)}`;
  return [warn('also-edited', reason, 'A service other than Milvus reads it at its next `docker compose up`.', FILES)];
}

function variablesChanged(found: readonly string[]): CheckResult[] {
  const distinct = [...new Set(found)];
  if (distinct.length === 0) return [];
  const reason = `the new containers get other values of ${someOf(distinct)} than the current ones`;
  return [
    warn('environment-would-change', reason, 'Compare the files with `docker inspect` before the upgrade.', DOCKER),
  ];
}
