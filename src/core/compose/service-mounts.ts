// Reads the mounts of a service from the output of `docker compose config`: volumes, files of configs and secrets, and
// the volumes of other services. Pure.
import { getList, getRecord, getString, isRecord } from '../lib/json.js';
import type { Values } from '../model/values.js';
import { tidyPath } from './files/paths.js';

/** Longer chains of `volumes_from` are treated as cycles. */
const MAX_CHAIN_LENGTH = 10;

/**
 * Source by destination, as in the files. The source of a named volume is its name; it is empty for a volume without
 * one.
 */
export function mountsOf(service: Values, config: Values, chain = MAX_CHAIN_LENGTH): Readonly<Record<string, string>> {
  const volumes = getRecord(config.volumes);
  const pairs = getList(service.volumes).map((volume): [string, string] => {
    if (isRecord(volume)) return [getString(volume.target), getString(volume.source)];
    const [source = '', destination = ''] = String(volume).split(':');
    return destination === '' ? [source, ''] : [destination, source];
  });
  const own = pairs
    .filter(([destination]) => destination !== '')
    .map(([destination, source]): [string, string] => [destination, volumeName(source, volumes)]);
  const files = [
    ...fileMounts(service.configs, config.configs, '/'),
    ...fileMounts(service.secrets, config.secrets, '/run/secrets/'),
  ];
  const all = [...files, ...own].map(([destination, source]) => [tidyPath(destination), source]);
  return {
    ...(chain === 0 ? {} : fromOthers(service, config, chain)),
    ...(Object.fromEntries(all) as Record<string, string>),
  };
}

/**
 * docs.docker.com/reference/compose-file/services, "volumes_from": `service`, with an optional suffix `:ro` or `:rw`.
 */
function fromOthers(service: Values, config: Values, chain: number): Readonly<Record<string, string>> {
  const tables = getList(service.volumes_from).map(
    (reference) => getRecord(config.services)[String(reference).split(':')[0] ?? ''],
  );
  return Object.assign({}, ...tables.filter(isRecord).map((other) => mountsOf(other, config, chain - 1))) as Readonly<
    Record<string, string>
  >;
}

/**
 * docs.docker.com/reference/compose-file/services, "configs" and "secrets": a file on the host is mounted; its target
 * has a default.
 */
function fileMounts(listed: unknown, defined: unknown, directory: string): [string, string][] {
  return getList(listed).flatMap((entry): [string, string][] => {
    const name = isRecord(entry) ? getString(entry.source) : String(entry);
    const target = getString(getRecord(entry).target);
    const file = getString(getRecord(getRecord(defined)[name]).file);
    return file === '' ? [] : [[/^\//.test(target) ? target : `${directory}${target || name}`, file]];
  });
}

/** The name of a volume can differ from its key: `name`, in files for Compose 1 also below `external`. */
function volumeName(source: string, volumes: Values): string {
  const volume = getRecord(volumes[source]);
  return getString(volume.name) || getString(getRecord(volume.external).name) || source;
}
