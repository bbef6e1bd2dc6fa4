// Converts the output of `docker inspect` for the containers of a Compose project. Engines and Compose versions report
// different fields: a missing field is empty, never an error.
import { oneLine, shorten } from '../lib/escape.js';
import { getList, getRecord, getRecords, getString, recordAt, recordsAt, stringAt, valueAt } from '../lib/json.js';
import { SecretValues, type Values } from '../model/values.js';
import { readContainerSetup, type ContainerSetup } from './service-setup.js';

const STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
const HEALTHS = ['none', 'starting', 'healthy', 'unhealthy'] as const;
const MAX_HEALTH_LENGTH = 300;

export type ContainerState = (typeof STATES)[number];
export type Health = (typeof HEALTHS)[number];

/**
 * One mount of a container. `source` is the source of `docker run --volume`: the name of a volume, or the path of a
 * bind mount.
 */
export interface MountObservation {
  readonly kind: string;
  readonly source: string;
  readonly destination: string;
}

/** One container of the project, as `docker inspect` shows it. Times are ISO 8601, empty for never. */
export interface ContainerObservation {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly number: number;
  /**
   * As it was requested, `milvusdb/milvus:v2.2.16`. `imageId` is the image that it resolved to at that time,
   * `sha256:…`.
   */
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerState;
  readonly health: Health;
  /** The last output of the health check, in one line. */
  readonly healthOutput: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly restarts: number;
  /** IPv4 address by network name, or the IPv6 address if it has no other; empty while the container has none. */
  readonly networks: Readonly<Record<string, string>>;
  readonly mounts: readonly MountObservation[];
  /** May hold secrets. */
  readonly environment: SecretValues;
  readonly labels: Readonly<Record<string, string>>;
  readonly setup: ContainerSetup;
}

/** The containers of services, sorted by service and number; those of `docker compose run` are left out. */
export function readContainers(inspected: unknown): ContainerObservation[] {
  return getRecords(inspected)
    .filter((record) => stringAt(record, 'Id') !== '')
    .map(readContainer)
    .filter(({ labels }) => labels['com.docker.compose.oneoff']?.toLowerCase() !== 'true')
    .sort((first, other) =>
      first.service === other.service ? first.number - other.number : first.service < other.service ? -1 : 1,
    );
}

function readContainer(inspected: Values): ContainerObservation {
  const labels = readTexts(recordAt(inspected, 'Config.Labels'));
  return {
    id: stringAt(inspected, 'Id'),
    name: stringAt(inspected, 'Name').replace(/^\//, ''),
    service: labels['com.docker.compose.service'] ?? '',
    number: Number(labels['com.docker.compose.container-number']) || 1,
    image: stringAt(inspected, 'Config.Image'),
    imageId: stringAt(inspected, 'Image'),
    ...readState(inspected),
    restarts: numberAt(inspected, 'RestartCount'),
    networks: readNetworks(recordAt(inspected, 'NetworkSettings.Networks')),
    mounts: recordsAt(inspected, 'Mounts').map(readMount),
    environment: new SecretValues(readEnvironment(valueAt(inspected, 'Config.Env'))),
    labels,
    setup: readContainerSetup(inspected),
  };
}

type ObservedState = Pick<
  ContainerObservation,
  'state' | 'health' | 'healthOutput' | 'startedAt' | 'finishedAt' | 'exitCode' | 'oomKilled'
>;

function readState(inspected: Values): ObservedState {
  const lastCheck = recordsAt(inspected, 'State.Health.Log').at(-1) ?? {};
  return {
    // An unknown state is not reported as running.
    state: oneOf(STATES, stringAt(inspected, 'State.Status'), 'dead'),
    health: oneOf(HEALTHS, stringAt(inspected, 'State.Health.Status'), 'none'),
    healthOutput: shorten(oneLine(withoutMeter(stringAt(lastCheck, 'Output'))), MAX_HEALTH_LENGTH),
    startedAt: timeAt(inspected, 'State.StartedAt'),
    finishedAt: timeAt(inspected, 'State.FinishedAt'),
    exitCode: numberAt(inspected, 'State.ExitCode'),
    oomKilled: valueAt(inspected, 'State.OOMKilled') === true,
  };
}

function readNetworks(networks: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(networks).map(([name, network]) => [
      name,
      stringAt(getRecord(network), 'IPAddress') || stringAt(getRecord(network), 'GlobalIPv6Address'),
    ]),
  );
}

function readMount(mount: Values): MountObservation {
  return {
    kind: stringAt(mount, 'Type'),
    source: stringAt(mount, 'Name') || stringAt(mount, 'Source'),
    destination: stringAt(mount, 'Destination'),
  };
}

/** A variable without "=" was unset. */
function readEnvironment(variables: unknown): Values {
  const texts = getList(variables)
    .map(getString)
    .filter((variable) => variable.includes('='));
  return Object.fromEntries(texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]));
}

function readTexts(table: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function oneOf<Known extends string>(known: readonly Known[], text: string, otherwise: Known): Known {
  return known.find((value) => value === text) ?? otherwise;
}

/** The engine writes the year 1 for "never". */
function timeAt(values: Values, path: string): string {
  const time = stringAt(values, path);
  return time.startsWith('0001-') ? '' : time;
}

function numberAt(values: Values, path: string): number {
  const value = valueAt(values, path);
  return typeof value === 'number' ? value : 0;
}

/** Removes the progress meter that curl prints before its error message. */
function withoutMeter(text: string): string {
  return text
    .split(/[\r\n]+/)
    .filter((line) => !/^\s*(% Total|Dload)|--:--:--/.test(line))
    .join('\n');
}
