import { describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { turnOnStandby, type Standby, type StandbyQuestion } from '../../../../src/core/rolling/standby.js';

const standby = (over: Partial<StandbyQuestion>): Standby =>
  turnOnStandby({ roles: ['mixcoord'], chartVersion: '4.1.13', next: {}, given: {}, running: false, ...over });
const pathsOf = ({ settings }: Standby): string[] => settings.map(({ path }) => path);
const userYaml = (text: string): object => ({
  mixCoordinator: { activeStandby: { enabled: true } },
  extraConfigFiles: { 'user.yaml': text },
});
const edited = ({ values }: Standby): string =>
  ((values.extraConfigFiles as Record<string, string> | undefined) ?? {})['user.yaml'] ?? '';

describe('active-standby', () => {
  it('is turned on only for coordinators that run', () => {
    const found = standby({ roles: ['proxy', 'rootcoord', 'querynode'], chartVersion: '4.0.34' });
    expect(found.values).toEqual({ rootCoordinator: { activeStandby: { enabled: true } } });
    expect(standby({ roles: ['proxy'] }).settings).toEqual([]);
  });

  it.each([
    ['4.1.13', ['mixCoordinator.activeStandby.enabled']],
    ['4.1.0', ['root', 'data', 'index', 'query'].map((name) => `${name}Coordinator.activeStandby.enabled`)],
  ])('of a mixed coordinator in chart %s is set with %j', (chartVersion, paths) => {
    expect(pathsOf(standby({ chartVersion }))).toEqual(paths);
  });

  it('is not changed if it is already on', () => {
    expect(standby({ next: { mixCoordinator: { activeStandby: { enabled: true } } } })).toEqual({
      values: {},
      settings: [],
      failedChecks: [],
    });
  });

  it('refuses the run if a value of this run turns it off, and names the value', () => {
    const { failedChecks, settings } = standby({ given: { mixCoordinator: { activeStandby: { enabled: false } } } });
    expect(failedChecks).toMatchObject([
      { id: 'standby-off', reason: expect.stringContaining('mixCoordinator.activeStandby.enabled') },
    ]);
    expect(settings).toEqual([]);
  });

  it('is turned on in user.yaml without changes to other lines', () => {
    const text =
      '# custom\nrootCoord:\n  enableActiveStandby: false # why not\n  dmlChannelNum: 32\nqueryCoord:\n  taskRetryNum: 7\n';
    const found = standby({ next: { ...userYaml(text) } });
    expect(edited(found)).toBe(text.replace('false', 'true'));
    expect(pathsOf(found)).toEqual(['extraConfigFiles.user.yaml: rootCoord.enableActiveStandby']);
  });

  it.each(['rootCoord:\n  dmlChannelNum: 32\n', 'rootCoord: {enableActiveStandby: true}\n', 'rootCoord: [', ''])(
    'does not change a user.yaml that does not turn it off: %j',
    (text) => {
      expect(standby({ next: { ...userYaml(text) } })).toEqual({ values: {}, settings: [], failedChecks: [] });
    },
  );

  it('is turned on in user.yaml in flow style', () => {
    const found = standby({ next: { ...userYaml('rootCoord: {enableActiveStandby: false, dmlChannelNum: 32}\n') } });
    expect(parseYaml(edited(found))).toEqual({ rootCoord: { enableActiveStandby: true, dmlChannelNum: 32 } });
  });

  it('refuses the run if it is off in a ConfigMap that the chart does not manage', () => {
    const next = { customConfigMap: 'ours' };
    expect(standby({ next }).failedChecks).toMatchObject([
      { id: 'standby-off', reason: expect.stringContaining('ConfigMap ours') },
    ]);
    expect(standby({ next, running: true })).toEqual({ values: {}, settings: [], failedChecks: [] });
  });
});
