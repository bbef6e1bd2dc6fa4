// Reads the services of a project from the output of `docker compose config`, in the formats of Compose 1 and 2, and
// finds the role of those that are Milvus. Pure.
import { getList, getRecord, getString, isRecord } from '../lib/json.js';
import { SecretValues, type Values } from '../model/values.js';
import { parseImage } from '../model/version.js';
import type { ContainerObservation } from './containers.js';
import type { ServiceObservation } from './observation.js';
import { mountsOf } from './service-mounts.js';
import { readServiceSetup } from './service-setup.js';

/** The default of Docker (docs.docker.com/reference/compose-file/services, "stop_grace_period"). */
const GRACE_SECONDS = 10;

/** The command `milvus run mixture` starts the mixed coordinator (milvus-io/milvus cmd/roles). */
const ROLES: Readonly<Record<string, string>> = { mixture: 'mixcoord', mixcoord: 'mixcoord' };

export function readServices(config: Values, containers: readonly ContainerObservation[]): ServiceObservation[] {
  const services = getRecord(config.services);
  return Object.entries(services)
    .filter((entry): entry is [string, Values] => isRecord(entry[1]))
    .map(([name, service]) => readService(name, service, { containers, config }));
}

interface Around {
  readonly containers: readonly ContainerObservation[];
  /** The configuration of the whole project. */
  readonly config: Values;
}

function readService(name: string, service: Values, { containers, config }: Around): ServiceObservation {
  const image = getString(service.image);
  return {
    name,
    role: roleOf(image, [...wordsOf(service.entrypoint), ...wordsOf(service.command)]),
    image,
    containerName: getString(service.container_name),
    environment: new SecretValues(environmentOf(service.environment)),
    mounts: mountsOf(service, config),
    writes: writesOf(service),
    dependsOn: namesOf(service.depends_on),
    graceSeconds: secondsOf(getString(service.stop_grace_period)) ?? GRACE_SECONDS,
    setup: readServiceSetup(service, config),
    containers: containers
      .filter((container) => container.service === name)
      .sort((container, other) => container.number - other.number),
  };
}

/**
 * Reads the role from the arguments of the command. An image called `milvus` without a role is a standalone, which is
 * what its entrypoint starts.
 */
function roleOf(image: string, words: readonly string[]): string {
  const repository = parseImage(image).repository.split('/').at(-1) ?? '';
  const at = words.findIndex((word, index) => word === 'run' && /(^|\/)milvus$/.test(words[index - 1] ?? ''));
  const role = at < 0 ? '' : (words[at + 1] ?? '');
  if (role !== '') return ROLES[role] ?? role;
  return repository === 'milvus' ? 'standalone' : '';
}

/**
 * A list, or a string in shell syntax. Only quotes around single arguments are supported: the commands of Milvus have
 * no others.
 */
function wordsOf(command: unknown): string[] {
  const list: unknown[] = Array.isArray(command) ? command : getString(command).split(/\s+/);
  const words = list.map((word) => String(word).replace(/^(["'])(.*)\1$/, '$2')).filter((word) => word !== '');
  // The last argument of `bash -c "milvus run proxy"` contains several arguments.
  return words.flatMap((word) => (/\s/.test(word) ? word.split(/[\s;&|]+/) : [word]));
}

export const CONFIGURATION_DIRECTORY = '/milvus/configs';

/**
 * The files that a shell in the command writes there, and configs whose content is in the Compose file, which Compose
 * copies (docs.docker.com/reference/compose-file/configs).
 */
function writesOf(service: Values): string[] {
  const text = [...wordsOf(service.entrypoint), ...wordsOf(service.command)].join(' ');
  const isWritten = text.includes(CONFIGURATION_DIRECTORY) && /\b(sed|tee|cp|mv|cat|yq|envsubst|ln)\b|>/.test(text);
  const targets = getList(service.configs).map((entry) =>
    isRecord(entry) ? getString(entry.target) || `/${getString(entry.source)}` : `/${String(entry)}`,
  );
  return [...(isWritten ? [CONFIGURATION_DIRECTORY] : []), ...targets];
}

/** A map, or a list of `NAME=value`. */
function environmentOf(environment: unknown): Values {
  if (isRecord(environment))
    return Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value === null ? '' : String(value)]),
    );
  return Object.fromEntries(getList(environment).map((line) => splitAtFirst(String(line), '=')));
}

/** A map with conditions, or a list. */
function namesOf(dependencies: unknown): string[] {
  if (isRecord(dependencies)) return Object.keys(dependencies);
  return getList(dependencies).map(String);
}

/** `1m30s`, `90s`, `90`. */
function secondsOf(text: string): number | null {
  const found = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text);
  if (!found || text === '') return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
