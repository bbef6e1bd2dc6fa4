// Finds Docker Compose, as a plugin of docker or as a separate program.
import { UpgradeError } from '../../core/model/error.js';
import { runProbe } from '../../runner/probe.js';
import type { Command, Finished } from '../../runner/process.js';
import { ANSWER_SECONDS, lineOf } from './daemon-error.js';

/** The location of a Compose project; empty fields use the default of Compose. */
export interface ComposeProjectPlace {
  /** In order: a later file overrides an earlier one. */
  readonly files: readonly string[];
  readonly directory: string;
  readonly name: string;
  readonly envFiles: readonly string[];
}

/** The flags that select this project. */
export function flagsOf({ files, directory, name, envFiles }: ComposeProjectPlace): string[] {
  return [
    ...files.flatMap((file) => ['-f', file]),
    ...(directory === '' ? [] : ['--project-directory', directory]),
    ...(name === '' ? [] : ['-p', name]),
    ...envFiles.flatMap((file) => ['--env-file', file]),
  ];
}

const OLDEST_COMPOSE = [1, 27] as const;

export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Throws `tool-missing`. */
export async function findCompose(
  surroundings: Surroundings,
): Promise<{ readonly command: Command; readonly version: string }> {
  const problems: string[] = [];
  for (const command of [['docker', 'compose'], ['docker-compose']] as const) {
    const finished = await orMissing(
      runProbe([...command, 'version', '--short'], { ...surroundings, timeoutSeconds: ANSWER_SECONDS }),
    );
    const version = /(?<!\d)\d{1,9}\.\d{1,9}\.\d{1,9}\S*/.exec(finished?.stdout ?? '')?.[0];
    if (finished?.exitCode === 0 && version !== undefined) return { command, version };
    problems.push(`${command.join(' ')}: ${finished === null ? 'program not found' : describeMissingPlugin(finished)}`);
  }
  throw new UpgradeError({
    code: 'tool-missing',
    what: 'Docker Compose was not found',
    why: problems.join('; '),
    remedy:
      'Install it on the runner, preferably as the Docker plugin (package docker-compose-plugin, docs.docker.com/compose/install).',
  });
}

/** A docker without the plugin parses the flags of the plugin as its own, and prints its help. */
function describeMissingPlugin({ stderr, stdout }: Finished): string {
  const output = lineOf(stderr || stdout);
  return /unknown (flag|shorthand flag)|is not a docker command/.test(output)
    ? 'the Docker plugin is not installed'
    : output;
}

/** Throws for a docker-compose of the first generation that cannot be used. */
export function refuseOld(version: string, { envFiles }: ComposeProjectPlace): void {
  const [major, minor] = OLDEST_COMPOSE;
  if (Number(version.split('.')[1]) < minor)
    throw new UpgradeError({
      code: 'tool-too-old',
      what: `docker-compose ${version} is too old`,
      why: `it does not support the file formats and flags of ${major}.${minor}`,
      remedy: 'Install the Docker plugin (package docker-compose-plugin, docs.docker.com/compose/install).',
    });
  if (envFiles.length > 1)
    throw new UpgradeError({
      code: 'input-invalid',
      what: `env-files lists ${envFiles.length} files`,
      why: `docker-compose ${version} supports only one`,
      remedy: 'Merge them into one file, or install the Docker plugin (package docker-compose-plugin).',
    });
}

/** Null if the program does not exist. */
export async function orMissing(running: Promise<Finished>): Promise<Finished | null> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof UpgradeError && error.code === 'tool-missing') return null;
    throw error;
  }
}
