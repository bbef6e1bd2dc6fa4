import { describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { turnOnStandby, type Standby, type StandbyQuestion } from '../../../src/core/rolling/standby.js';

const ask = (over: Partial<StandbyQuestion>): Standby =>
  turnOnStandby({ roles: ['mixcoord'], chartVersion: '4.1.13', next: {}, given: {}, running: false, ...over });
const pathsOf = ({ settings }: Standby): string[] => settings.map(({ path }) => path);
const userYaml = (text: string): object => ({ mixCoordinator: { activeStandby: { enabled: true } }, extraConfigFiles: { 'user.yaml': text } });
const edited = ({ values }: Standby): string => ((values.extraConfigFiles as Record<string, string> | undefined) ?? {})['user.yaml'] ?? '';

describe('active-standby', () => {
  it('is turned on only for coordinators that will run', () => {
    const found = ask({ roles: ['proxy', 'rootcoord', 'querynode'], chartVersion: '4.0.34' });
    expect(found.values).toEqual({ rootCoordinator: { activeStandby: { enabled: true } } });
    expect(ask({ roles: ['proxy'] }).settings).toEqual([]);
  });

  it.each([
    ['4.1.13', ['mixCoordinator.activeStandby.enabled']],
    ['4.1.0', ['root', 'data', 'index', 'query'].map((each) => `${each}Coordinator.activeStandby.enabled`)],
  ])('of a mixed coordinator in chart %s is %j', (chartVersion, paths) => {
    expect(pathsOf(ask({ chartVersion }))).toEqual(paths);
  });

  it('that is on is left alone', () => {
    expect(ask({ next: { mixCoordinator: { activeStandby: { enabled: true } } } })).toEqual({ values: {}, settings: [], refusals: [] });
  });

  it('that this run turns off is a refusal that names the value', () => {
    const { refusals, settings } = ask({ given: { mixCoordinator: { activeStandby: { enabled: false } } } });
    expect(refusals).toMatchObject([{ code: 'standby-off', because: expect.stringContaining('mixCoordinator.activeStandby.enabled') }]);
    expect(settings).toEqual([]);
  });

  it('in a user.yaml is changed where it is off, and every other line stays', () => {
    const text = '# ours\nrootCoord:\n  enableActiveStandby: false # why not\n  dmlChannelNum: 32\nqueryCoord:\n  taskRetryNum: 7\n';
    const found = ask({ next: { ...userYaml(text) } });
    expect(edited(found)).toBe(text.replace('false', 'true'));
    expect(pathsOf(found)).toEqual(['extraConfigFiles.user.yaml: rootCoord.enableActiveStandby']);
  });

  it.each(['rootCoord:\n  dmlChannelNum: 32\n', 'rootCoord: {enableActiveStandby: true}\n', 'rootCoord: [', ''])(
    'in a user.yaml that does not turn it off is no matter: %j',
    (text) => {
      expect(ask({ next: { ...userYaml(text) } })).toEqual({ values: {}, settings: [], refusals: [] });
    },
  );

  it('in a user.yaml written as one line is turned on too', () => {
    const found = ask({ next: { ...userYaml('rootCoord: {enableActiveStandby: false, dmlChannelNum: 32}\n') } });
    expect(parseYaml(edited(found))).toEqual({ rootCoord: { enableActiveStandby: true, dmlChannelNum: 32 } });
  });

  it('in a ConfigMap that the chart does not write can only be asked for', () => {
    const next = { customConfigMap: 'ours' };
    expect(ask({ next }).refusals).toMatchObject([{ code: 'standby-off', because: expect.stringContaining('ConfigMap ours') }]);
    expect(ask({ next, running: true })).toEqual({ values: {}, settings: [], refusals: [] });
  });
});
