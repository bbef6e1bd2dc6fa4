// A whole milvus.yaml that is mounted over that of the image.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkMountedConfiguration } from '../../../../src/compose/preflight/mounted-configuration.js';
import { evaluateMountedConfiguration } from '../../../../src/core/compose/mounted-configuration.js';
import { version } from '../../../../src/core/model/version.js';
import { projectObservation, serviceObservation } from '../../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

const IMAGE = 'milvusdb/milvus:v2.5.27';
const FILE = '/milvus/configs/milvus.yaml';
const OLD_TEXT = 'etcd: {rootPath: by-dev}\n';
const NEW_TEXT = 'etcd: {rootPath: x, metaSubPath: meta}\nstreaming: {a: 1, b: 2}\n';

describe('a milvus.yaml that stays mounted', () => {
  const mounted = { service: 'standalone', source: '/srv/milvus.yaml', file: OLD_TEXT, fresh: NEW_TEXT };
  const reasonFor = (changed: object): string =>
    evaluateMountedConfiguration([{ ...mounted, ...changed }], version('2.5.27'))[0]?.reason ?? '';

  it('is a warning with the keys that only the new image has', () => {
    expect(reasonFor({})).toContain('lacks 2 keys of it: etcd.metaSubPath, streaming');
  });

  it('is a warning without keys if the image is not here yet', () => {
    expect(reasonFor({ fresh: null })).toContain('compared once the image is pulled');
  });

  it('is one warning for all services that mount it', () => {
    const results = evaluateMountedConfiguration([mounted, { ...mounted, service: 'proxy' }], version('2.5.27'));
    expect(results.map(({ reason }) => reason)).toEqual([expect.stringContaining('of standalone, proxy: 2.5.27')]);
  });

  it('may have all keys', () => {
    expect(reasonFor({ file: NEW_TEXT })).toContain('has all keys of it');
  });
});

describe('the check configuration-mounted', () => {
  let fake: DockerProgram;
  beforeEach(() => {
    const branches = `"exec c1") echo '${OLD_TEXT.trim()}' ;;
"image inspect") [ -e "$FAKE/pulled" ] && echo sha256:2 ;;
"run --rm") printf '${NEW_TEXT.replaceAll('\n', '\\n')}' ;;`;
    fake = new DockerProgram().program('docker', `${ANSWERS}\n${branches}`);
  });
  afterEach(() => fake.remove());

  const check = async (mounts: Readonly<Record<string, string>>, from = '2.4.24'): Promise<string[]> => {
    const project = projectObservation({ services: [serviceObservation({ mounts })] });
    const recreate = { kind: 'recreate', id: 'r', timeoutSeconds: 1, images: { standalone: IMAGE } } as const;
    const plan = { steps: [recreate], from: version(from), to: version('2.5.27') };
    return (await checkMountedConfiguration(await fake.find(), project, plan)).map(
      ({ state, reason }) => `${state}: ${reason}`,
    );
  };

  it('never pulls an image', async () => {
    const [result] = await check({ [FILE]: '/srv/milvus.yaml' });
    expect(result).toContain('warn: /srv/milvus.yaml stays mounted');
    expect(fake.calls.filter((call) => call.startsWith('docker run'))).toEqual([]);
  });

  it.each([FILE, '/milvus/configs'])(
    'compares the keys if %s is mounted and the image was pulled',
    async (destination) => {
      fake.file('pulled', '');
      expect((await check({ [destination]: '/srv/configs' }))[0]).toContain('etcd.metaSubPath, streaming');
    },
  );

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a user.yaml', { '/milvus/configs/user.yaml': '/srv/user.yaml' }, '2.4.24'],
    ['an upgrade within one minor version', { [FILE]: '/srv/milvus.yaml' }, '2.5.10'],
  ])('has no result for %s', async (_, mounts, from) => {
    expect(await check(mounts, from)).toEqual([]);
  });
});
