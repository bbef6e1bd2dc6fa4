import { describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { turnOnStandby, type Standby, type StandbyQuestion } from '../../../src/core/rolling/standby.js';

const request = (over: Partial<StandbyQuestion>): Standby =>
  turnOnStandby({ roles: ['mixcoord'], chartVersion: '4.1.13', next: {}, given: {}, running: false, ...over });
const pathsOf = ({ settings }: Standby): string[] => settings.map(({ path }) => path);
const userYaml = (text: string): object => ({ mixCoordinator: { activeStandby: { enabled: true } }, extraConfigFiles: { 'user.yaml': text } });
const edited = ({ values }: Standby): string => ((values.extraConfigFiles as Record<string, string> | undefined) ?? {})['user.yaml'] ?? '';

describe('active-standby', () => {
  it('is turned on only for coordinators that will run', () => {
    const found = request({ roles: ['proxy', 'rootcoord', 'querynode'], chartVersion: '4.0.34' });
    expect(found.values).toEqual({ rootCoordinator: { activeStandby: { enabled: true } } });
    expect(request({ roles: ['proxy'] }).settings).toEqual([]);
  });

  it.each([
    ['4.1.13', ['mixCoordinator.activeStandby.enabled']],
    ['4.1.0', ['root', 'data', 'index', 'query'].map((each) => `${each}Coordinator.activeStandby.enabled`)],
  ])('of a mixed coordinator in chart %s is %j', (chartVersion, paths) => {
    expect(pathsOf(request({ chartVersion }))).toEqual(paths);
  });

  it('that is on is left alone', () => {
    expect(request({ next: { mixCoordinator: { activeStandby: { enabled: true } } } })).toEqual({ values: {}, settings: [], failedChecks: [] });
  });

  it('that this run turns off is a refusal that names the value', () => {
    const { failedChecks, settings } = request({ given: { mixCoordinator: { activeStandby: { enabled: false } } } });
    expect(failedChecks).toMatchObject([{ code: 'standby-off', reason: expect.stringContaining('mixCoordinator.activeStandby.enabled') }]);
    expect(settings).toEqual([]);
  });

  it('in a user.yaml is changed where it is off, and every other line stays', () => {
    const text = '# ours\nrootCoord:\n  enableActiveStandby: false # why not\n  dmlChannelNum: 32\nqueryCoord:\n  taskRetryNum: 7\n';
    const found = request({ next: { ...userYaml(text) } });
    expect(edited(found)).toBe(text.replace('false', 'true'));
    expect(pathsOf(found)).toEqual(['extraConfigFiles.user.yaml: rootCoord.enableActiveStandby']);
  });

  it.each(['rootCoord:\n  dmlChannelNum: 32\n', 'rootCoord: {enableActiveStandby: true}\n', 'rootCoord: [', ''])(
    'in a user.yaml that does not turn it off is no matter: %j',
    (text) => {
      expect(request({ next: { ...userYaml(text) } })).toEqual({ values: {}, settings: [], failedChecks: [] });
    },
  );

  it('in a user.yaml written as one line is turned on too', () => {
    const found = request({ next: { ...userYaml('rootCoord: {enableActiveStandby: false, dmlChannelNum: 32}\n') } });
    expect(parseYaml(edited(found))).toEqual({ rootCoord: { enableActiveStandby: true, dmlChannelNum: 32 } });
  });

  it('in a ConfigMap that the chart does not write can only be asked for', () => {
    const next = { customConfigMap: 'ours' };
    expect(request({ next }).failedChecks).toMatchObject([{ code: 'standby-off', reason: expect.stringContaining('ConfigMap ours') }]);
    expect(request({ next, running: true })).toEqual({ values: {}, settings: [], failedChecks: [] });
  });
});
