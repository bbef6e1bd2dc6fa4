import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANSWERS, DockerProgram, nowhere } from '../../../support/docker-program.js';

let fake: DockerProgram;
beforeEach(() => {
  fake = new DockerProgram().program('docker', ANSWERS);
});
afterEach(() => fake.remove());

const VERSION_AND_ENDPOINT = ANSWERS.split('\n').slice(0, 2).join('\n');
const SAY_ENVIRONMENT = `${ANSWERS}\n"info ") echo "host=$DOCKER_HOST context=$DOCKER_CONTEXT password=$INPUT_PASSWORD" ;;`;

describe('finding Docker', () => {
  it('prefers the Compose plugin', async () => {
    fake.program('docker-compose', '"version --short") echo 1.29.2 ;;');
    expect(await fake.find()).toMatchObject({ generation: 2, composeVersion: '2.40.3' });
  });

  it.each([
    ['v2.26.1-4', 2],
    ['5.0.1', 2],
    ['1.29.2', 1],
  ])('uses docker-compose %s if there is no plugin', async (version, generation) => {
    fake.program('docker', VERSION_AND_ENDPOINT).program('docker-compose', `"version --short") echo ${version} ;;`);
    expect(await fake.find()).toMatchObject({ generation, composeVersion: version.replace(/^v/, '') });
  });

  it('refuses a docker-compose that is too old', async () => {
    fake.program('docker', VERSION_AND_ENDPOINT).program('docker-compose', '"version --short") echo 1.26.2 ;;');
    await expect(fake.find()).rejects.toMatchObject({ code: 'tool-too-old', what: 'docker-compose 1.26.2 is too old' });
  });

  it('reports how to install Compose if it is missing', async () => {
    fake.program('docker', VERSION_AND_ENDPOINT).program('docker-compose', '');
    await expect(fake.find()).rejects.toMatchObject({
      code: 'tool-missing',
      remedy: expect.stringContaining('docker-compose-plugin'),
    });
  });

  it('reports how to install docker if it is missing', async () => {
    await expect(fake.find({}, { PATH: '/nowhere' })).rejects.toMatchObject({
      code: 'tool-missing',
      what: 'docker could not be started',
    });
  });

  it.each([
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      'group docker',
    ],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'systemctl status docker',
    ],
    [
      'error during connect: command [ssh -l me -- host docker system dial-stdio] has exited: stderr=Permission denied (publickey).',
      'ssh <host> docker version',
    ],
    ['Failed to initialize: unable to resolve docker endpoint: context "nope": context not found', 'docker context ls'],
    ['something else', '`docker version` works'],
  ])('has a remedy for "%s"', async (said, remedy) => {
    fake.program('docker', `"version --format") echo '${said}' >&2; exit 1 ;;`);
    await expect(fake.find()).rejects.toMatchObject({
      code: 'cluster-unreachable',
      why: said,
      remedy: expect.stringContaining(remedy),
    });
  });
});

describe('the daemon', () => {
  beforeEach(() => {
    fake.program('docker', SAY_ENVIRONMENT);
  });

  it.each([
    ['the environment', {}, 'host=tcp://old:1 context='],
    ['docker-host', { host: 'ssh://new' }, 'host=ssh://new context='],
    ['docker-context instead of DOCKER_HOST', { context: 'far' }, 'host= context=far'],
  ])('is selected by %s', async (_, options, said) => {
    const docker = await fake.find(options, { DOCKER_HOST: 'tcp://old:1' });
    expect(await docker.run(['info'])).toContain(said);
  });

  it('is recognized as local or remote', async () => {
    expect((await fake.find()).isLocal()).toBe(true);
    expect((await fake.find({}, { DOCKER_HOST: 'unix:///run/user/1000/docker.sock' })).isLocal()).toBe(true);
    expect((await fake.find({ host: 'ssh://far' })).isLocal()).toBe(false);
    fake.program('docker', ANSWERS.replace('unix:///var/run/docker.sock', 'tcp://far:2376'));
    expect((await fake.find()).isLocal()).toBe(false);
  });

  it('cannot be selected twice', async () => {
    await expect(fake.find({ host: 'ssh://one', context: 'other' })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('does not receive the inputs of the action', async () => {
    expect(await (await fake.find()).run(['info'])).toContain('password=\n');
  });

  it('is passed to docker-compose 1 as a flag, since it does not read the variable', async () => {
    fake.program('docker', VERSION_AND_ENDPOINT).program('docker-compose', '"version --short") echo 1.29.2 ;;\n*) ;;');
    await (await fake.find({ context: 'far' })).compose(['ps']);
    expect(fake.calls.at(-1)).toBe('docker-compose --context far ps');
  });
});

describe('a command', () => {
  it('passes the files in order, the directory, the name and the env files of the project to Compose', async () => {
    fake.program('docker', `${ANSWERS}\n*) ;;`);
    const place = { files: ['a.yml', 'b.yml'], directory: 'there', name: 'mine', envFiles: ['one.env', 'two.env'] };
    await (await fake.find({ place })).compose(['up', '--detach']);
    expect(fake.calls.at(-1)).toBe(
      'docker compose -f a.yml -f b.yml --project-directory there -p mine --env-file one.env --env-file two.env up --detach',
    );
  });

  it('emits an event if it changes something, not if it only reads', async () => {
    fake.program('docker', `${ANSWERS}\n*) ;;`);
    const docker = await fake.find();
    await docker.run(['network', 'inspect', 'milvus']);
    await docker.compose(['ps']);
    await docker.run(['exec', 'milvus', 'cat', '/milvus/configs/milvus.yaml'], { reads: true });
    expect(fake.emitted).toEqual([]);
    await docker.run(['network', 'connect', 'milvus', 'etcd']);
    await docker.compose(['stop', 'proxy']);
    expect(fake.emitted).toMatchObject([
      { command: ['docker', 'network', 'connect', 'milvus', 'etcd'] },
      { command: ['docker', 'compose', 'stop', 'proxy'], exitCode: 0 },
    ]);
  });

  it('that fails reports the error message of docker, and not its output', async () => {
    fake.program(
      'docker',
      `${ANSWERS}\n*) echo hunter2; echo "No such network: milvus" >&2; printf "\\nRun 'docker network --help' for more information\\n" >&2; exit 1 ;;`,
    );
    const docker = await fake.find();
    await expect(docker.run(['network', 'rm', 'milvus'])).rejects.toMatchObject({
      code: 'command-failed',
      why: 'No such network: milvus',
    });
    expect(await docker.run(['network', 'rm', 'milvus'], { allowFailure: true })).toBe('hunter2\n');
  });

  it('with its own signal still runs after a cancellation, and no other', async () => {
    fake.program('docker', `${ANSWERS}\n"rm guard") echo gone ;;\n*) sleep 5 ;;`);
    const docker = await fake.find();
    fake.cancel.abort();
    await expect(docker.run(['pull', 'image'], { allowFailure: true })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await docker.run(['rm', 'guard'], { signal: new AbortController().signal })).toBe('gone\n');
  });

  it('receives its input', async () => {
    fake.program('docker', `${ANSWERS}\n*) cat ;;`);
    expect(await (await fake.find()).run(['exec', '--interactive', 'x', 'cat'], { input: 'a secret' })).toBe(
      'a secret',
    );
  });
});

describe('the configuration of the project', () => {
  it('is the output of Compose with each $ unescaped', async () => {
    fake.program('docker', `${ANSWERS}\n"compose config") cat "$FAKE/config.yml" ;;`);
    fake.file('config.yml', 'name: mine\nservices:\n  etcd:\n    environment:\n      PW: a$$b$$$$c\n');
    expect(await (await fake.find()).config()).toEqual({
      name: 'mine',
      services: { etcd: { environment: { PW: 'a$b$$c' } } },
    });
  });

  it.each([
    ['services.a.ports must be a list', 'services.a.ports must be a list'],
    [
      'error while interpolating services.a.image: required variable TAG is missing a value: give a tag',
      'variable TAG is missing a value: give a tag',
    ],
    ['WARN[0000] The "hunter2" variable is not set. Defaulting to a blank string.\nno such file', 'no such file'],
    ['The hunter2 variable is not set. Defaulting to a blank string.\nno such file', 'no such file'],
    [
      'invalid interpolation format for services.a.environment.PW.\nYou may need to escape any $ with another $.\nhunter2${',
      'services.a.environment.PW',
    ],
    ['Invalid interpolation format for "environment" option in service "a": "hunter2${"', 'in service "a"'],
    [
      'failed to read .env: line 3: unexpected character "-" in variable name near "MY-PW=hunter2\\nA=b"',
      '.env: line 3',
    ],
    ['services.a.environment.PW contains ["hunter2"], which is an invalid type', 'services.a.environment.PW contains'],
  ])('is reported with the message of Compose without values if it is invalid: %j', async (said, kept) => {
    fake.program('docker', `${ANSWERS}\n"compose config") cat "$FAKE/said" >&2; exit 15 ;;`).file('said', said);
    const failure: unknown = await (await fake.find()).config().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'command-failed',
      what: 'docker compose config exited with 15',
      why: expect.stringContaining(kept),
    });
    expect(String(failure)).not.toContain('hunter2');
  });
});

describe('the name of the project', () => {
  const first = (): DockerProgram =>
    fake.program('docker', VERSION_AND_ENDPOINT).program('docker-compose', '"version --short") echo 1.29.2 ;;');

  it('is the one that Compose reports', async () => {
    expect((await fake.find()).projectName({ name: 'emitted' })).toBe('emitted');
  });

  it('is found by the rules of docker-compose 1: flag, variable, .env, directory', async () => {
    const directory = join(fake.directory, 'My.Milvus_1');
    const name = async (over: object, env = {}): Promise<string> =>
      (await first().find({ place: { ...nowhere, ...over } }, env)).projectName({});
    expect(await name({ directory })).toBe('mymilvus_1');
    expect(await name({ files: [join(directory, 'docker-compose.yml')] })).toBe('mymilvus_1');
    fake.file('.env', '# names\nCOMPOSE_PROJECT_NAME="From-File"\n');
    expect(await name({ directory: fake.directory })).toBe('from-file');
    expect(await name({ directory: fake.directory }, { COMPOSE_PROJECT_NAME: 'of-env' })).toBe('of-env');
    expect(await name({ directory: fake.directory, name: 'given' }, { COMPOSE_PROJECT_NAME: 'of-env' })).toBe('given');
  });

  it('is refused with more than one env file for docker-compose 1', async () => {
    await expect(first().find({ place: { ...nowhere, envFiles: ['a', 'b'] } })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });
});

describe('the containers of the project', () => {
  const inspect = (branch: string): Promise<readonly { id: string }[]> => {
    fake.program('docker', `${ANSWERS}\n"ps --all") printf 'a\\nb\\n' ;;\n"inspect --type") ${branch} ;;`);
    return fake.find().then((docker) => docker.containers('mine'));
  };

  it('are found by its label', async () => {
    await inspect(`echo '[{"Id":"a"},{"Id":"b"}]'`);
    expect(fake.calls.at(-2)).toBe('docker ps --all --quiet --no-trunc --filter label=com.docker.compose.project=mine');
  });

  it('do not include a container that is removed during the call', async () => {
    const observation = await inspect(
      `echo '[{"Id":"a"}]'; echo 'Error response from daemon: No such container: b' >&2; exit 1`,
    );
    expect(observation).toMatchObject([{ id: 'a' }]);
  });

  it('are not considered removed if the daemon does not respond', async () => {
    await expect(inspect(`echo '[]'; echo 'Cannot connect to the Docker daemon' >&2; exit 1`)).rejects.toMatchObject({
      code: 'command-failed',
    });
  });

  it('are an empty list if there are none', async () => {
    fake.program('docker', `${ANSWERS}\n"ps --all") ;;`);
    expect(await (await fake.find()).containers('mine')).toEqual([]);
  });
});
