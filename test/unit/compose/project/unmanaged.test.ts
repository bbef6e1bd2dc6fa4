// Milvus that was started without Docker Compose is recognized, with what to do instead.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCompose } from '../../../../src/compose/open.js';
import { readUnmanaged, remedyForUnmanaged } from '../../../../src/core/compose/unmanaged.js';
import { toProblem } from '../../../../src/core/model/error.js';
import { composeConfig } from '../../../support/configs.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

const LINES = [
  'milvus-standalone\tmilvusdb/milvus:v2.5.4\t\t',
  'other\tmilvusdb/milvus:v2.5.4\tmilvus\t',
  'milvus-upgrade-guard-milvus\tmilvusdb/milvus:v2.5.4\t\t',
  'attu\tzilliz/attu:v2.5\t\t',
  'vectors.1.abc\tregistry:5000/milvusdb/milvus:v2.6.1\t\tvectors_milvus',
].join('\n');

describe('Milvus without Docker Compose', () => {
  it('is every Milvus container that is in no project and not part of a run', () => {
    expect(readUnmanaged(LINES)).toEqual([
      { name: 'milvus-standalone', image: 'milvusdb/milvus:v2.5.4', swarmService: '' },
      { name: 'vectors.1.abc', image: 'registry:5000/milvusdb/milvus:v2.6.1', swarmService: 'vectors_milvus' },
    ]);
  });

  it.each([
    ['docker run', 0, /Docker Compose projects only/, /stack/],
    ['Swarm', 1, /docker stack deploy/, /Compose projects only/],
  ])('has the remedy for %s', (_, at, expected, unexpected) => {
    const remedy = remedyForUnmanaged(readUnmanaged(LINES).slice(at, at + 1));
    expect(remedy).toMatch(expected);
    expect(remedy).not.toMatch(unexpected);
  });
});

describe('a run that finds no project', () => {
  let fake: DockerProgram;
  beforeEach(() => {
    const ps = `"ps --all") [ -e "$FAKE/runs" ] && printf 'milvus-standalone\\tmilvusdb/milvus:v2.5.4\\t\\t\\n' ;;`;
    fake = new DockerProgram().program('docker', `${ANSWERS}\n${ps}`);
  });
  afterEach(() => fake.remove());

  async function open(): Promise<string> {
    const config = composeConfig({ 'project-directory': fake.directory });
    const { env } = fake;
    const { signal } = fake.cancel;
    const ignore = (): void => undefined;
    const tools = { emit: ignore, addSecret: ignore, redact: (text: string) => text, run: 'r', signal, env };
    const error: unknown = await openCompose({ config, ...tools }).then(
      () => null,
      (problem: unknown) => problem,
    );
    const { code, why } = toProblem(error);
    return `${code}: ${why}`;
  }

  it('names the container that runs Milvus', async () => {
    fake.file('runs', '');
    expect(await open()).toBe(
      'release-not-found: milvus-standalone (milvusdb/milvus:v2.5.4), started with docker run or standalone_embed.sh',
    );
  });

  it('recognizes the directory of standalone_embed.sh', async () => {
    fake.file('standalone_embed.sh', '');
    expect(await open()).toContain('has standalone_embed.sh, which starts Milvus without Docker Compose');
  });

  it('otherwise reports that the directory has no files of a project', async () => {
    expect(await open()).toMatch(/^input-invalid: .* contains none of compose\.yaml/);
  });
});
