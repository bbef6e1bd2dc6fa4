// The inputs of a Docker Compose project. Pure.
import { COMPOSE_INPUTS, type RawInputs } from './raw-inputs.js';
import { parseSwitch } from './switch.js';

/** Empty strings and lists stand for the defaults of Compose and Docker. */
export interface ProjectConfig {
  /** In the order in which Compose merges them. */
  readonly files: readonly string[];
  readonly directory: string;
  readonly name: string;
  readonly envFiles: readonly string[];
  /** The Milvus services to upgrade; empty for all of them. */
  readonly services: readonly string[];
  /** Whether an upgrade gives the data of Milvus to the user of the new image. */
  readonly fixDataOwner: boolean;
  /** `unix://…`, `tcp://…`, `ssh://user@host`. */
  readonly host: string;
  readonly context: string;
}

export type ComposeInput = (typeof COMPOSE_INPUTS)[number] | 'fix-data-owner';

/** Null if the inputs select another platform. `addError` gets each invalid input and a value that would work. */
export function parseCompose(
  raw: RawInputs,
  addError: (input: ComposeInput, works: string) => void,
): ProjectConfig | null {
  const fixDataOwner = parseFixDataOwner(raw, addError);
  if (raw.platform !== 'compose') {
    for (const input of COMPOSE_INPUTS.filter((inputName) => raw[inputName] !== ''))
      addError(input, 'set `platform: compose` as well, or leave it out');
    return null;
  }
  const [name, host, context] = [raw['project-name'], raw['docker-host'], raw['docker-context']];
  // docs.docker.com/compose/how-tos/project-name
  if (name !== '' && !/^[a-z0-9][a-z0-9_-]*$/.test(name))
    addError('project-name', 'write lower-case letters, digits, "-" and "_", for example milvus');
  if (host !== '' && !/^(unix|tcp|ssh|npipe|fd):\/\/\S+$/.test(host))
    addError('docker-host', 'write an address such as ssh://admin@10.0.0.5 or unix:///var/run/docker.sock');
  if (host !== '' && context !== '') addError('docker-context', 'write either this or docker-host');
  return {
    files: lines(raw['compose-files']),
    directory: raw['project-directory'],
    name,
    envFiles: lines(raw['env-files']),
    services: raw.services.split(/[\s,]+/).filter((name) => name !== ''),
    fixDataOwner,
    host,
    context,
  };
}

function parseFixDataOwner(raw: RawInputs, addError: (input: ComposeInput, works: string) => void): boolean {
  const isOn = parseSwitch('fix-data-owner', raw, addError);
  if (isOn && raw.platform !== 'compose')
    addError('fix-data-owner', 'set `platform: compose` as well, or leave it out');
  return isOn;
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
