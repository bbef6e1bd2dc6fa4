// How a service is started: its command, networks, user and build, as the files define it and as a container has it.
// Formats of Compose 1 and 2, Docker and Podman. Pure.
import { isRecord, valueAt } from '../lib/json.js';
import type { Values } from '../model/values.js';

/** As in the files. `entrypoint` and `command` are null if the image sets them; they may contain secrets. */
export interface ServiceSetup {
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  /** `host`, `none`, `service:…`, `container:…`; empty for a service with networks. */
  readonly networkMode: string;
  /** The names of the networks, or their keys if the files set no name. */
  readonly networks: readonly string[];
  /** Empty if the image sets it. */
  readonly user: string;
  /** The directory that the image is built from; empty if the service has no `build`. */
  readonly build: string;
}

/** As in a container, with what the image sets. */
export interface ContainerSetup {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `container:<ID>` for a container in the network of another one. */
  readonly networkMode: string;
}

/** What an image sets for its containers. The environment may contain secrets. */
export interface ImageSetup {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Values;
}

export function readServiceSetup(service: Values, config: Values): ServiceSetup {
  const networkMode = textOf(service.network_mode ?? service.net);
  return {
    entrypoint: argumentsOf(service.entrypoint),
    command: argumentsOf(service.command),
    networkMode,
    networks: networkMode === '' ? networksOf(service.networks, config) : [],
    user: textOf(service.user),
    build: isRecord(service.build) ? textOf(service.build.context) || '.' : textOf(service.build),
  };
}

export function readContainerSetup(inspected: Values): ContainerSetup {
  return {
    entrypoint: argumentsOf(valueAt(inspected, 'Config.Entrypoint')) ?? [],
    command: argumentsOf(valueAt(inspected, 'Config.Cmd')) ?? [],
    networkMode: textOf(valueAt(inspected, 'HostConfig.NetworkMode')),
  };
}

/** The `Config` of `docker image inspect`. */
export function readImageSetup(config: Values): ImageSetup {
  const variables: unknown[] = Array.isArray(config.Env) ? config.Env : [];
  const pairs = variables.map(String).map((line): [string, string] => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  });
  return {
    entrypoint: argumentsOf(config.Entrypoint) ?? [],
    command: argumentsOf(config.Cmd) ?? [],
    environment: Object.fromEntries(pairs),
  };
}

/** A service without networks is in the network `default` (docs.docker.com/compose/how-tos/networking). */
function networksOf(listed: unknown, config: Values): string[] {
  const keys = isRecord(listed) ? Object.keys(listed) : Array.isArray(listed) ? listed.map(String) : [];
  const defined = isRecord(config.networks) ? config.networks : {};
  return (keys.length > 0 ? keys : ['default']).map((key) => {
    const network = isRecord(defined[key]) ? defined[key] : {};
    const external = isRecord(network.external) ? network.external : {};
    return textOf(network.name) || textOf(external.name) || key;
  });
}

/** A list, or a string in shell syntax. An empty one is that of the image, as in Docker. */
function argumentsOf(command: unknown): readonly string[] | null {
  const list = Array.isArray(command) ? command.map(String) : textOf(command).split(/\s+/).filter(Boolean);
  return list.length > 0 ? list : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
