// The inputs of a Docker Compose project.
import { describe, expect, it } from '@jest/globals';
import { parseCompose, type ProjectConfig } from '../../../../src/core/config/compose.js';
import { inputs } from '../../../support/inputs.js';
import type { InputName } from '../../../../src/core/config/raw-inputs.js';

function read(written: Partial<Record<InputName, string>>): {
  readonly options: ProjectConfig | null;
  readonly errors: readonly string[];
} {
  const errors: string[] = [];
  const options = parseCompose(inputs({ platform: 'compose', ...written }), (input) => void errors.push(input));
  return { options, errors };
}

describe('the inputs of a project', () => {
  it('reject fix-data-owner without platform: compose', () => {
    expect(read({ platform: 'helm', 'fix-data-owner': 'true' }).errors).toEqual(['fix-data-owner']);
    expect(read({ platform: 'helm' }).errors).toEqual([]);
  });

  it('leave everything to Compose by default', () => {
    expect(read({})).toEqual({
      options: {
        files: [],
        directory: '',
        name: '',
        envFiles: [],
        services: [],
        fixDataOwner: false,
        host: '',
        context: '',
      },
      errors: [],
    });
  });

  it('have one path per line, without empty lines and comments', () => {
    const { options } = read({ 'compose-files': ' a.yml\n\n# later\nb.yml ', 'env-files': '.env\nprod.env' });
    expect(options).toMatchObject({ files: ['a.yml', 'b.yml'], envFiles: ['.env', 'prod.env'] });
  });

  it.each<[InputName, string, boolean]>([
    ['project-name', 'milvus_1-a', true],
    ['project-name', 'Milvus', false],
    ['project-name', '-milvus', false],
    ['docker-host', 'ssh://admin@10.0.0.5', true],
    ['docker-host', 'unix:///var/run/docker.sock', true],
    ['docker-host', 'tcp://10.0.0.5:2376', true],
    ['docker-host', '10.0.0.5', false],
    ['docker-host', 'http://10.0.0.5', false],
    ['docker-context', 'prod', true],
    ['fix-data-owner', 'true', true],
    ['fix-data-owner', 'yes', false],
  ])('accept or reject %s: %s', (input, text, isFine) => {
    expect(read({ [input]: text }).errors).toEqual(isFine ? [] : [input]);
  });

  it('have services separated by commas, spaces or lines', () => {
    expect(read({ services: 'a, b c\nd' }).options?.services).toEqual(['a', 'b', 'c', 'd']);
  });

  it('accept either a host or a context', () => {
    expect(read({ 'docker-host': 'ssh://a', 'docker-context': 'b' }).errors).toEqual(['docker-context']);
  });

  it.each<InputName>([
    'compose-files',
    'project-directory',
    'project-name',
    'env-files',
    'services',
    'docker-host',
    'docker-context',
  ])('reject %s without platform: compose', (input) => {
    expect(read({ platform: 'helm', [input]: 'x' })).toEqual({ options: null, errors: [input] });
  });
});
