// Finds the name of a project. Newer Compose versions report it; for older ones their rules are implemented here.
import { readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import type { Values } from '../../core/model/values.js';
import type { ComposeProjectPlace } from '../docker/find-compose.js';
import { readEnvFile } from '../../core/compose/files/env-file.js';

export interface NameSources {
  readonly place: ComposeProjectPlace;
  readonly env: Readonly<Record<string, string>>;
  readonly generation: 1 | 2;
}

/**
 * The first that is set: `-p`, COMPOSE_PROJECT_NAME, the same in the env file, the name of the directory
 * (docker/compose 1.29.2, compose/cli/command.py, get_project_name).
 */
export function projectNameOf(config: Values, { place, env, generation }: NameSources): string {
  // Compose 1 does not support the key `name` in a file.
  if (generation === 2 && typeof config.name === 'string' && config.name !== '') return config.name;
  const settings = { ...readNames(place), ...env };
  const given = place.name || (settings.COMPOSE_PROJECT_NAME ?? '');
  const name = (given || basename(directoryOf(place, settings.COMPOSE_FILE ?? '')))
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '');
  const known = generation === 2 ? name.replace(/^[_-]+/, '') : name;
  return known === '' ? 'default' : known;
}

function directoryOf({ directory, files }: ComposeProjectPlace, composeFile: string): string {
  const [first = composeFile.split(delimiter)[0] ?? ''] = files;
  return resolve(directory !== '' || first === '' ? directory : dirname(first));
}

/** Reads the variables that determine the name from the env file. */
function readNames({ directory, envFiles }: ComposeProjectPlace): Record<string, string> {
  const settings = readEnvFile(readText(envFiles[0] ?? join(directory, '.env')));
  const desired = settings.filter(({ name }) => name === 'COMPOSE_PROJECT_NAME' || name === 'COMPOSE_FILE');
  return Object.fromEntries(desired.map(({ name, value }) => [name, value]));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // If the file is required, Compose has already reported an error.
    return '';
  }
}
