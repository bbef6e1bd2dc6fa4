// Which files belong to a project.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findProject, readProjectFiles } from '../../../../src/compose/project/files.js';
import type { ProjectConfig } from '../../../../src/core/config/compose.js';

let directory = '';
const here = process.cwd();
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
  process.chdir(directory);
});
afterEach(() => {
  process.chdir(here);
  rmSync(directory, { recursive: true });
});

function put(...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), `text of ${name}`);
  }
}
const find = (options: Partial<ProjectConfig> = {}, env: NodeJS.ProcessEnv = {}): ReturnType<typeof findProject> =>
  findProject(
    {
      files: [],
      directory: '',
      name: '',
      envFiles: [],
      services: [],
      fixDataOwner: false,
      host: '',
      context: '',
      ...options,
    },
    env,
  );
const below = (...names: string[]): string[] => names.map((name) => join(directory, name));

describe('the files of a project', () => {
  it.each([
    [['docker-compose.yml'], ['docker-compose.yml']],
    [['docker-compose.yaml'], ['docker-compose.yaml']],
    [['docker-compose.yml', 'compose.yaml', 'compose.yml'], ['compose.yaml']],
    [
      ['docker-compose.yml', 'docker-compose.override.yml', 'other.yml'],
      ['docker-compose.yml', 'docker-compose.override.yml'],
    ],
    [
      ['compose.yml', 'compose.override.yaml', 'docker-compose.override.yml'],
      ['compose.yml', 'compose.override.yaml'],
    ],
  ])('are those that Compose uses if the directory contains %j', (there, expected) => {
    put(...there);
    expect(find().files).toEqual(below(...expected));
  });

  it('are also found in a parent directory, which is then the project directory', () => {
    put('docker-compose.yml', '.env', 'deep/down/nothing');
    const place = find({ directory: 'deep/down' });
    expect(place).toMatchObject({ files: below('docker-compose.yml'), directory: directory });
    expect(readProjectFiles(place).map((file) => file.path)).toEqual(below('docker-compose.yml', '.env'));
  });

  it.each([
    ['COMPOSE_FILE', { COMPOSE_FILE: ['a.yml', 'b.yml'].join(delimiter) }],
    ['COMPOSE_FILE with its own separator', { COMPOSE_FILE: 'a.yml; b.yml', COMPOSE_PATH_SEPARATOR: ';' }],
  ])('are those in %s', (_, env) => {
    put('a.yml', 'b.yml', 'docker-compose.yml');
    expect(find({}, env).files).toEqual(below('a.yml', 'b.yml'));
  });

  it('are those in COMPOSE_FILE of .env, unless the environment or the input sets others', () => {
    put('a.yml', 'b.yml', 'docker-compose.yml');
    writeFileSync(join(directory, '.env'), 'OTHER=1\nexport COMPOSE_FILE="a.yml"\n');
    expect(find().files).toEqual(below('a.yml'));
    expect(find({}, { COMPOSE_FILE: 'b.yml' }).files).toEqual(below('b.yml'));
    expect(find({ files: ['docker-compose.yml'] }).files).toEqual(below('docker-compose.yml'));
  });

  it('can be relative to the working directory or to the project directory', () => {
    put('deploy/a.yml', 'deploy/prod.env');
    expect(find({ directory: 'deploy', files: ['a.yml'], envFiles: ['deploy/prod.env'] })).toMatchObject({
      files: below('deploy/a.yml'),
      envFiles: below('deploy/prod.env'),
      directory: join(directory, 'deploy'),
    });
  });

  it('determine the project directory if they are in another directory', () => {
    put('deploy/a.yml', 'other/b.yml');
    expect(find({ files: ['deploy/a.yml', 'other/b.yml'] }).directory).toBe(join(directory, 'deploy'));
  });

  it('are all reported if they are missing', () => {
    put('a.yml');
    const seek = (): unknown => find({ files: ['a.yml', 'b.yml'], envFiles: ['c.env'] });
    expect(seek).toThrow(
      expect.objectContaining({
        code: 'input-invalid',
        why: `${join(directory, 'b.yml')} does not exist; ${join(directory, 'c.env')} does not exist`,
      }),
    );
  });

  it('are reported with the names that were searched for if none exists', () => {
    expect(() => find()).toThrow(
      expect.objectContaining({ code: 'input-invalid', why: expect.stringContaining('docker-compose.yml') }),
    );
  });
});

describe('the content of the files of a project', () => {
  it('is read with the .env in its directory', () => {
    put('docker-compose.yml', '.env');
    expect(readProjectFiles(find()).map(({ kind, path, text }) => [kind, path, text.reveal()])).toEqual([
      ['compose', join(directory, 'docker-compose.yml'), 'text of docker-compose.yml'],
      ['env', join(directory, '.env'), 'text of .env'],
    ]);
  });

  it.each([
    ['the input', { envFiles: ['one.env', 'two.env'] }, {}],
    ['COMPOSE_ENV_FILES', {}, { COMPOSE_ENV_FILES: 'one.env,two.env' }],
  ])('is read with the env files in %s, and without .env', (_, options, env) => {
    put('docker-compose.yml', '.env', 'one.env', 'two.env');
    expect(readProjectFiles(find(options, env)).map((file) => file.path)).toEqual(
      below('docker-compose.yml', 'one.env', 'two.env'),
    );
  });

  it('is read with the files that it includes and extends, and with their variables', () => {
    put('deep/.env', 'deep/own.env', 'db/base.yml', '.env');
    writeFileSync(
      join(directory, 'docker-compose.yml'),
      'include:\n  - ./deep/milvus.yml\n  - path: [gone.yml]\nservices:\n  a: {extends: {file: "${DIR:-db}/base.yml", service: b}}\n',
    );
    writeFileSync(
      join(directory, 'deep/milvus.yml'),
      'include: [{path: ../more.yml, env_file: own.env}]\nservices: {}\n',
    );
    writeFileSync(join(directory, 'more.yml'), 'include: [docker-compose.yml]\n');
    const found = readProjectFiles(find());
    expect(found.map((file) => file.path)).toEqual(
      below('more.yml', 'deep/milvus.yml', 'db/base.yml', 'docker-compose.yml', 'deep/.env', 'deep/own.env', '.env'),
    );
    expect(found.map((file) => file.isReferenced ?? false)).toEqual([true, true, true, false, true, true, false]);
    expect(readProjectFiles(find(), { DIR: 'none' }).map((file) => file.path)).not.toContain(
      join(directory, 'db/base.yml'),
    );
  });
});
