// What runs is compared with what the files would start: command, networks and environment.
import { describe, expect, it } from '@jest/globals';
import { planImageEdits } from '../../../../src/core/compose/files/image-edits.js';
import { readServices } from '../../../../src/core/compose/services.js';
import type { ContainerSetup } from '../../../../src/core/compose/service-setup.js';
import { evaluateSetup, type ImageSetups } from '../../../../src/core/compose/setup-checks.js';
import type { CheckResult } from '../../../../src/core/model/check-result.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';
import { SecretValues, type Values } from '../../../../src/core/model/values.js';
import { containerObservation, projectObservation, OLD } from '../../../support/containers.js';

const RUN = ['milvus', 'run', 'standalone'];
const IMAGES: ImageSetups = {
  'sha256:1': { entrypoint: ['/tini', '--'], command: RUN, environment: { PATH: '/bin' } },
};

interface Ran {
  readonly setup?: Partial<ContainerSetup>;
  readonly networks?: readonly string[];
  readonly environment?: Values;
}

/** The checks of a project in which this service of the files has this container. */
function check(service: Values, ran: Ran = {}, images: ImageSetups = IMAGES): CheckResult[] {
  const container = containerObservation({
    setup: { entrypoint: ['/tini', '--'], command: RUN, networkMode: 'milvus_default', ...ran.setup },
    networks: Object.fromEntries((ran.networks ?? ['milvus_default']).map((name) => [name, '172.18.0.4'])),
    environment: new SecretValues(ran.environment ?? { PATH: '/bin' }),
  });
  const config = {
    services: { standalone: { image: OLD, ...service } },
    networks: { default: { name: 'milvus_default' }, front: { external: true, name: 'shared' } },
  };
  return evaluateSetup(projectObservation({ services: readServices(config, [container]) }), images, []);
}

const failed = (results: readonly CheckResult[]): Record<string, string> =>
  Object.fromEntries(results.filter(({ state }) => state !== 'pass').map(({ id, reason }) => [id, reason]));

describe('the comparison of a container with the files', () => {
  it.each<[string, Values, Ran]>([
    ['sets nothing besides the image', {}, {}],
    ['sets the command of the image', { command: RUN }, {}],
    ['has the command as a string with quotes', { command: `"milvus" run 'standalone'` }, {}],
    ['lists the network that is connected', { networks: { default: null } }, {}],
    ['lists an external network', { networks: ['default', 'front'] }, { networks: ['milvus_default', 'shared'] }],
    [
      'has the network mode of the container',
      { network_mode: 'host' },
      { setup: { networkMode: 'host' }, networks: ['host'] },
    ],
    [
      'shares the network of another service',
      { network_mode: 'service:vpn' },
      { setup: { networkMode: 'container:0123' }, networks: [] },
    ],
    ['runs on Podman, which names no network', {}, { setup: { networkMode: 'bridge' } }],
    ['passes on a variable that is not set', { environment: { A: null } }, {}],
    ['sets a variable that the container has', { environment: { A: '1' } }, { environment: { PATH: '/bin', A: '1' } }],
  ])('passes if the service %s', (_, service, ran) => {
    expect(failed(check(service, ran))).toEqual({});
  });

  it.each<[string, Values, Ran, string, string]>([
    [
      'the files set another command',
      { command: ['milvus', 'run', 'proxy'] },
      {},
      'command-would-change',
      'standalone runs with the command "milvus run standalone", but the files set "milvus run proxy"',
    ],
    [
      'the files no longer set the command that runs',
      {},
      { setup: { command: ['milvus', 'run', 'proxy'] } },
      'command-would-change',
      'standalone runs with the command "milvus run proxy", but the files set "milvus run standalone"',
    ],
    [
      'the files set an entrypoint',
      { entrypoint: ['/wrapper.sh'], command: RUN },
      {},
      'command-would-change',
      'standalone runs with the entrypoint "/tini --", but the files set "/wrapper.sh"',
    ],
    [
      'the files list another network as well',
      { networks: ['default', 'front'] },
      {},
      'networks-would-change',
      'standalone is not connected to the network shared, but the files list it',
    ],
    [
      'the container was connected manually',
      {},
      { networks: ['milvus_default', 'monitoring'] },
      'networks-would-change',
      'standalone is connected to the network monitoring, but the files do not list it',
    ],
    [
      'the network mode differs',
      { network_mode: 'host' },
      {},
      'networks-would-change',
      'standalone runs with its own networks, but the files set the network mode "host"',
    ],
  ])('refuses if %s', (_, service, ran, id, reason) => {
    const results = check(service, ran);
    expect(results.find((result) => result.id === id)).toMatchObject({ state: 'fail', skippable: true, reason });
  });

  it('names variables that differ, without their values', () => {
    const results = check({ environment: { A: 'hunter2', B: '2' } }, { environment: { PATH: '/bin', A: '1', C: '3' } });
    expect(failed(results)).toEqual({
      'environment-would-change':
        'the new containers get other values of A of standalone, C of standalone, B of standalone than the current ones',
    });
    expect(JSON.stringify(results)).not.toContain('hunter2');
  });

  it('masks secrets in a command', () => {
    const results = check({ command: ['milvus', 'run', 'proxy', '--password=hunter2'] });
    expect(JSON.stringify(results)).not.toContain('hunter2');
  });

  it('does not compare what the image sets if the image no longer exists', () => {
    expect(failed(check({}, { setup: { command: ['milvus', 'run', 'proxy'] } }, {}))).toEqual({});
  });
});

describe('an edit that changes more than the image', () => {
  const ENV = { kind: 'env', path: '.env', text: 'V=v2.2.12\n' } as const;

  /** The checks for the edits of an upgrade to 2.2.16. */
  function edited(text: string): Record<string, string> {
    const file = { kind: 'compose', path: 'compose.yml', text } as const;
    const images = { standalone: 'milvusdb/milvus:v2.2.16' };
    const { edits, problems } = planImageEdits({ files: [file, ENV], images, environment: {} });
    expect(problems).toEqual([]);
    const files = [file, ENV].map((each) => ({ ...each, text: new SecretString(each.text) }));
    const project = projectObservation({ files });
    const changes = edits.map(({ path, before, after }) => ({
      path,
      before: new SecretString(before),
      after: new SecretString(after),
    }));
    return failed(evaluateSetup(project, {}, changes));
  }

  const MILVUS = 'services:\n  standalone:\n    image: milvusdb/milvus:${V}\n';

  it.each<[string, string, string, string]>([
    [
      'the command of Milvus',
      '    command: ["sh", "-c", "echo ${V}"]\n',
      'command-would-change',
      'services.standalone.command.2',
    ],
    ['the hostname of Milvus', '    hostname: milvus-${V}\n', 'networks-would-change', 'services.standalone.hostname'],
    ['a variable of another service', '  app:\n    environment: [V]\n', 'also-edited', 'services.app.environment.0'],
    ['the env file of another service', '  app:\n    env_file: .env\n', 'also-edited', 'services.app.env_file'],
    ['a label of another service', '  app:\n    labels: ["v=${V}"]\n', 'also-edited', 'services.app.labels.0'],
  ])('is reported if it changes %s', (_, added, id, setting) => {
    const found = edited(`${MILVUS}${added}`);
    expect(Object.keys(found)).toEqual([id]);
    expect(found[id]).toContain(setting);
  });

  it('is not reported if only the image changes', () => {
    expect(edited(`${MILVUS}    environment: [A=1]\n`)).toEqual({});
  });
});
