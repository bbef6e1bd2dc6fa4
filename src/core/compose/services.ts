// Reads the services of a project out of what `docker compose config` prints, in the forms of Compose 1 and 2, and tells which of them are Milvus. Pure.
import { SecretValues, isRecord, type Values } from '../values.js';
import { parseImage } from '../version.js';
import type { ContainerObservation } from './containers.js';
import type { ServiceObservation } from './seen.js';
import { mountsOf } from './service-mounts.js';

/** Docker's own default (docs.docker.com/reference/compose-file/services, "stop_grace_period"). */
const GRACE_SECONDS = 10;

/** `milvus run mixture` is the mixed coordinator's name in the command (milvus-io/milvus cmd/roles). */
const ROLES: Readonly<Record<string, string>> = { mixture: 'mixcoord', mixcoord: 'mixcoord' };

export function readServices(config: Values, containers: readonly ContainerObservation[]): ServiceObservation[] {
  const services = isRecord(config.services) ? config.services : {};
  return Object.entries(services)
    .filter((each): each is [string, Values] => isRecord(each[1]))
    .map(([name, service]) => readService(name, service, { containers, config }));
}

interface Around {
  readonly containers: readonly ContainerObservation[];
  /** Of the whole project. */
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
    containers: containers.filter((each) => each.service === name).sort((one, other) => one.number - other.number),
  };
}

/** The words of the command tell it; an image called `milvus` without any is a standalone, as its own entrypoint starts one. */
function roleOf(image: string, words: readonly string[]): string {
  const repository = parseImage(image).repository.split('/').at(-1) ?? '';
  const at = words.findIndex((word, index) => word === 'run' && /(^|\/)milvus$/.test(words[index - 1] ?? ''));
  const role = at < 0 ? '' : (words[at + 1] ?? '');
  if (role !== '') return ROLES[role] ?? role;
  return repository === 'milvus' ? 'standalone' : '';
}

/** A list, or one text as a shell takes it; quotes around single words are all that Milvus' commands have. */
function wordsOf(command: unknown): string[] {
  const list: unknown[] = Array.isArray(command) ? command : getString(command).split(/\s+/);
  const words = list.map((each) => String(each).replace(/^(["'])(.*)\1$/, '$2')).filter((each) => each !== '');
  // `bash -c "milvus run proxy"` is one word with others in it.
  return words.flatMap((each) => (/\s/.test(each) ? each.split(/[\s;&|]+/) : [each]));
}

const CONFIGURATION = '/milvus/configs';

/** What a shell in the command writes there, and configs whose content is in the Compose file: Compose copies those (docs.docker.com/reference/compose-file/configs). */
function writesOf(service: Values): string[] {
  const text = [...wordsOf(service.entrypoint), ...wordsOf(service.command)].join(' ');
  const isWritten = text.includes(CONFIGURATION) && /\b(sed|tee|cp|mv|cat|yq|envsubst|ln)\b|>/.test(text);
  const listed: unknown[] = Array.isArray(service.configs) ? service.configs : [];
  const targets = listed.map((each) => (isRecord(each) ? getString(each.target) || `/${getString(each.source)}` : `/${String(each)}`));
  return [...(isWritten ? [CONFIGURATION] : []), ...targets];
}

/** A table, or a list of `NAME=value`. */
function environmentOf(environment: unknown): Values {
  if (isRecord(environment)) return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value === null ? '' : String(value)]));
  const lines: unknown[] = Array.isArray(environment) ? environment : [];
  return Object.fromEntries(lines.map((line) => splitAtFirst(String(line), '=')));
}

/** A table with conditions, or a list. */
function namesOf(dependencies: unknown): string[] {
  if (isRecord(dependencies)) return Object.keys(dependencies);
  return Array.isArray(dependencies) ? dependencies.map(String) : [];
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

function getString(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
