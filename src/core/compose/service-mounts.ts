// What is mounted into a service, read out of what `docker compose config` prints: volumes, files of configs and secrets, and the volumes of other services. Pure.
import { isRecord, type Values } from '../values.js';
import { tidyPath } from './files/paths.js';

/** Longer chains of `volumes_from` are circles. */
const LONGEST_CHAIN = 10;

/** Source by destination, as the files ask for it. A named volume by its name; empty for a volume without one. */
export function mountsOf(service: Values, config: Values, chain = LONGEST_CHAIN): Readonly<Record<string, string>> {
  const volumes = tableIn(config.volumes);
  const pairs = listIn(service.volumes).map((each): [string, string] => {
    if (isRecord(each)) return [getString(each.target), getString(each.source)];
    const [source = '', destination = ''] = String(each).split(':');
    return destination === '' ? [source, ''] : [destination, source];
  });
  const own = pairs.filter(([destination]) => destination !== '').map(([destination, source]): [string, string] => [destination, volumeName(source, volumes)]);
  const files = [...fileMounts(service.configs, config.configs, '/'), ...fileMounts(service.secrets, config.secrets, '/run/secrets/')];
  const all = [...files, ...own].map(([destination, source]) => [tidyPath(destination), source]);
  return { ...(chain === 0 ? {} : fromOthers(service, config, chain)), ...(Object.fromEntries(all) as Record<string, string>) };
}

/** docs.docker.com/reference/compose-file/services, "volumes_from": `service`, with `:ro` or `:rw` behind it. */
function fromOthers(service: Values, config: Values, chain: number): Readonly<Record<string, string>> {
  const tables = listIn(service.volumes_from).map((each) => tableIn(config.services)[String(each).split(':')[0] ?? '']);
  return Object.assign({}, ...tables.filter(isRecord).map((each) => mountsOf(each, config, chain - 1))) as Readonly<Record<string, string>>;
}

/** docs.docker.com/reference/compose-file/services, "configs" and "secrets": a file on the host is mounted; its place has a default. */
function fileMounts(listed: unknown, defined: unknown, directory: string): [string, string][] {
  return listIn(listed).flatMap((each): [string, string][] => {
    const name = isRecord(each) ? getString(each.source) : String(each);
    const target = isRecord(each) ? getString(each.target) : '';
    const definition = tableIn(defined)[name];
    const file = isRecord(definition) ? getString(definition.file) : '';
    return file === '' ? [] : [[/^\//.test(target) ? target : `${directory}${target || name}`, file]];
  });
}

/** A volume can have another name than its key: `name`, in files of Compose 1 also below `external`. */
function volumeName(source: string, volumes: Values): string {
  const volume = tableIn(volumes[source]);
  return getString(volume.name) || getString(tableIn(volume.external).name) || source;
}

function tableIn(value: unknown): Values {
  return isRecord(value) ? value : {};
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function getString(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
