import { describe, expect, it } from '@jest/globals';
import { chooseChart, type CatalogueEntry, type ChartQuestion } from '../../src/core/chart-choice.js';
import { CHART_ERAS, CHART_VERSIONS, chartEra, compareChartVersions } from '../../src/core/knowledge/charts.js';
import { version } from '../../src/core/version.js';

/** The public repository as it was at 5.0.19, in the order helm search gives: newest first. */
const publicCharts: readonly CatalogueEntry[] = [...CHART_VERSIONS].reverse();

function request(from: string, to: string, installed: string, rest: Partial<ChartQuestion> = {}): ChartQuestion {
  return {
    desired: { kind: 'auto' },
    from: version(from),
    to: version(to),
    installed,
    catalogue: publicCharts,
    messageQueue: 'kafka',
    keepChart: false,
    ...rest,
  };
}

const exact = (desired: string): Partial<ChartQuestion> => ({ desired: { kind: 'exact', version: desired } });
const codes = (question: ChartQuestion): string[] => chooseChart(question).failedChecks.map((each) => each.code);

describe('the automatic choice of a chart', () => {
  it.each([
    ['2.0.0', '2.0.2', '3.0.0', '3.0.29'],
    ['2.1.0', '2.1.4', '3.1.4', '3.2.18'],
    ['2.1.4', '2.2.0', '3.2.18', '3.3.6'],
    ['2.1.4', '2.2.16', '3.2.18', '4.0.34'],
    ['2.2.3', '2.2.16', '4.0.10', '4.0.34'],
    ['2.2.16', '2.3.5', '4.0.34', '4.1.13'],
    ['2.2.16', '2.3.22', '4.0.34', '4.1.28'],
    ['2.3.22', '2.4.5', '4.1.28', '4.1.36'],
    ['2.3.22', '2.4.13', '4.1.28', '4.2.16'],
    ['2.3.22', '2.4.24', '4.1.28', '4.2.25'],
    ['2.4.24', '2.5.0', '4.2.25', '4.2.33'],
    ['2.4.24', '2.5.27', '4.2.25', '4.2.58'],
    ['2.5.16', '2.6.7', '4.2.58', '5.0.10'],
    ['2.5.27', '2.6.22', '4.2.58', '5.0.19'],
  ])('goes from %s to %s and from chart %s to %s', (from, to, installed, chosen) => {
    const { choice, failedChecks } = chooseChart(request(from, to, installed));
    expect(failedChecks).toEqual([]);
    expect(choice?.version).toBe(chosen);
  });

  it('says which Milvus the chart was made for, and that it is not the target', () => {
    expect(chooseChart(request('2.4.24', '2.5.27', '4.2.25')).choice).toEqual({
      version: '4.2.58',
      appVersion: '2.5.16',
      why: '2.5.27 has no chart of its own; this one, made for 2.5.16, is the nearest older',
    });
    expect(chooseChart(request('2.5.16', '2.6.7', '4.2.58')).choice?.why).toBe('the newest chart made for 2.6.7');
  });

  it('stays on an installed chart that is newer than the one made for the target', () => {
    const { choice, failedChecks } = chooseChart(request('2.4.5', '2.4.24', '4.2.58'));
    expect(failedChecks).toEqual([]);
    expect(choice?.version).toBe('4.2.58');
  });

  it('keeps the installed chart when there is nothing to upgrade', () => {
    expect(chooseChart(request('2.5.16', '2.5.16', '4.2.40')).choice?.version).toBe('4.2.40');
  });

  it('keeps the installed chart from 2.6 to 3.0', () => {
    const catalogue = [...publicCharts, { version: '5.0.26', appVersion: '3.0.0' }];
    expect(chooseChart(request('2.6.22', '3.0.0', '5.0.19', { catalogue, keepChart: true })).choice?.version).toBe('5.0.19');
    expect(chooseChart(request('2.6.22', '3.0.0', '5.0.19', { catalogue })).choice?.version).toBe('5.0.26');
  });

  it('keeps away from the charts with faults for Pulsar where Pulsar is the queue', () => {
    expect(chooseChart(request('2.3.22', '2.4.24', '4.1.28', { messageQueue: 'pulsar' })).choice?.version).toBe('4.2.20');
  });

  it('never takes a chart made for a pre-release, nor one that is a pre-release itself', () => {
    const catalogue = [
      ...publicCharts,
      { version: '4.2.60-rc1', appVersion: '2.5.27' },
      { version: '4.2.61', appVersion: '2.5.20-beta' },
      { version: 'latest', appVersion: '2.5.27' },
    ];
    expect(chooseChart(request('2.4.24', '2.5.27', '4.2.25', { catalogue })).choice?.version).toBe('4.2.58');
    expect(chooseChart(request('2.2.3', '2.2.16', '4.0.10')).choice?.version).not.toBe('4.0.11');
  });

  it('takes no chart that goes backwards', () => {
    expect(chooseChart(request('2.3.0', '2.3.5', '4.1.1', exact('4.1.15'))).failedChecks[0]?.code).toBe('bad-chart');
    expect(chooseChart(request('2.3.0', '2.3.5', '4.1.1')).choice?.version).toBe('4.1.13');
  });

  it('leaves a chart that cannot run the target only with its owner’s consent when it is newer', () => {
    const { choice, failedChecks } = chooseChart(request('2.3.3', '2.3.22', '4.2.5'));
    expect(choice?.version).toBe('4.1.28');
    expect(failedChecks).toMatchObject([{ code: 'chart-downgrade', skippable: true }]);
  });

  it('stays where no chart is made for the minor and the installed one fits', () => {
    expect(chooseChart(request('3.0.0', '3.0.1', '5.0.10')).choice?.version).toBe('5.0.10');
  });

  it('goes by the Milvus that a chart was made for, not by the number of the chart', () => {
    const catalogue = [{ version: '5.1.0', appVersion: '2.6.7' }, ...publicCharts];
    expect(chooseChart(request('2.5.16', '2.6.22', '4.2.58', { catalogue })).choice?.version).toBe('5.0.19');
    expect(chooseChart(request('2.5.16', '2.6.7', '4.2.58', { catalogue })).choice?.version).toBe('5.1.0');
  });

  it('refuses when the source has nothing that fits, and names what it has', () => {
    const catalogue = publicCharts.filter((each) => compareChartVersions(each.version, '4.2.0') < 0);
    const { choice, failedChecks } = chooseChart(request('2.5.16', '2.6.7', '4.1.36', { catalogue }));
    expect(choice).toBeNull();
    expect(failedChecks).toMatchObject([{ code: 'chart-not-found', skippable: false, remedy: expect.stringContaining('It has 4.1.34, 4.1.35, 4.1.36.') }]);
  });

  it('refuses when the installed chart has to stay and the source does not have it', () => {
    const catalogue = publicCharts.filter((each) => each.version !== '5.0.17');
    const { choice, failedChecks } = chooseChart(request('2.6.22', '3.0.0', '5.0.17', { catalogue, keepChart: true }));
    expect(choice).toBeNull();
    expect(failedChecks).toMatchObject([{ code: 'chart-not-found', remedy: expect.stringContaining('It has 5.0.15, 5.0.16, 5.0.19.') }]);
  });
});

describe('a chart source with a single chart', () => {
  const single = (chart: string, appVersion = ''): Partial<ChartQuestion> => ({ catalogue: [{ version: chart, appVersion }] });

  it('is taken when it fits, whatever Milvus it was made for', () => {
    expect(chooseChart(request('2.4.5', '2.5.27', '4.1.36', single('4.2.58'))).choice).toMatchObject({ version: '4.2.58', appVersion: '2.5.16' });
  });

  it.each([
    ['2.5.16', '2.6.7', '4.2.58', '4.2.58', ['chart-does-not-fit']],
    ['2.4.5', '2.5.27', '4.1.36', '4.1.36', ['chart-does-not-fit']],
    ['2.4.5', '2.5.4', '4.2.10', '4.2.28', ['bad-chart']],
    ['2.4.5', '2.4.24', '4.2.20', '4.2.10', ['chart-downgrade']],
    ['2.4.5', '2.4.24', '4.2.20', '1.2.3', ['chart-does-not-fit', 'chart-downgrade']],
    ['2.4.5', '2.4.24', '4.2.20', 'local', ['chart-does-not-fit']],
  ])('is refused on the way from %s to %s, over chart %s, when it is %s', (from, to, installed, chart, expected) => {
    const { choice, failedChecks } = chooseChart(request(from, to, installed, single(chart)));
    expect(choice?.version).toBe(chart);
    expect(failedChecks.map((each) => each.code)).toEqual(expected);
    expect(failedChecks.every((each) => each.skippable)).toBe(true);
  });

  it('is refused where the way keeps the installed chart and it is another', () => {
    expect(codes(request('2.6.22', '3.0.0', '5.0.19', { ...single('5.0.26', '3.0.0'), keepChart: true }))).toEqual(['chart-does-not-fit']);
    expect(codes(request('2.6.22', '3.0.0', '5.0.26', { ...single('5.0.26', '3.0.0'), keepChart: true }))).toEqual([]);
  });
});

describe('a chart that was asked for', () => {
  it.each([
    ['2.3.22', '2.4.24', '4.1.28', '4.2.20', []],
    ['2.3.22', '2.4.24', '4.1.28', '4.2.58', []],
    ['2.2.16', '2.3.22', '4.0.34', '4.1.36', []],
    ['2.2.16', '2.3.22', '4.0.34', '4.2.0', ['chart-does-not-fit']],
    ['2.5.16', '2.6.7', '4.2.57', '4.2.58', ['chart-does-not-fit']],
    ['2.4.5', '2.5.16', '4.2.5', '5.0.0', ['chart-does-not-fit']],
    ['2.1.4', '2.2.0', '3.2.17', '3.2.18', ['chart-does-not-fit']],
    ['2.1.0', '2.1.4', '3.1.4', '3.3.0', ['chart-does-not-fit']],
    ['2.2.3', '2.2.16', '4.0.10', '4.0.11', ['bad-chart']],
    ['2.4.24', '2.5.27', '4.2.25', '4.2.26', ['bad-chart']],
    ['2.4.24', '2.5.27', '4.2.25', '4.2.32', ['bad-chart']],
    ['2.4.5', '2.4.24', '4.2.20', '4.2.10', ['chart-downgrade']],
  ])('on the way from %s to %s, over chart %s: %s brings %j', (from, to, installed, desired, expected) => {
    const { choice, failedChecks } = chooseChart(request(from, to, installed, exact(desired)));
    expect(choice?.version).toBe(desired);
    expect(failedChecks.map((each) => each.code)).toEqual(expected);
  });

  it.each(['4.2.21', '4.2.25'])('is refused when it is %s and the queue is Pulsar', (desired) => {
    expect(codes(request('2.3.22', '2.4.24', '4.1.28', { ...exact(desired), messageQueue: 'pulsar' }))).toEqual(['bad-chart']);
    expect(codes(request('2.3.22', '2.4.24', '4.1.28', { ...exact(desired), messageQueue: 'kafka' }))).toEqual([]);
  });

  it('is not found when the source does not have it; its neighbours are named', () => {
    expect(chooseChart(request('2.5.4', '2.5.16', '4.2.40', exact('4.2.46')))).toMatchObject({
      choice: null,
      failedChecks: [
        { code: 'chart-not-found', reason: expect.stringContaining('4.2.46'), remedy: expect.stringContaining('It has 4.2.44, 4.2.45, 4.2.47, 4.2.48.') },
      ],
    });
  });

  it('is refused between 2.6 and 3.0 unless it is the installed one', () => {
    expect(codes(request('2.6.22', '3.0.0', '5.0.17', { ...exact('5.0.19'), keepChart: true }))).toEqual(['chart-does-not-fit']);
    expect(codes(request('2.6.22', '3.0.0', '5.0.19', { ...exact('5.0.19'), keepChart: true }))).toEqual([]);
  });

  it('may be written with a leading v', () => {
    expect(chooseChart(request('2.4.24', '2.5.27', '4.2.25', exact('v4.2.58'))).choice?.version).toBe('4.2.58');
    expect(codes(request('2.4.24', '2.5.27', '4.2.25', { ...exact('4.2.58'), catalogue: [{ version: 'v4.2.58', appVersion: '2.5.16' }] }))).toEqual([]);
  });
});

describe('keeping the chart', () => {
  it('is possible as long as the installed one runs the target', () => {
    expect(chooseChart(request('2.4.5', '2.5.27', '4.2.10', { desired: { kind: 'keep' } })).choice?.version).toBe('4.2.10');
    expect(codes(request('2.5.16', '2.6.7', '4.2.58', { desired: { kind: 'keep' } }))).toEqual(['chart-does-not-fit']);
  });

  it('does not complain about a bad chart that runs already', () => {
    expect(codes(request('2.4.16', '2.4.24', '4.2.22', { desired: { kind: 'keep' }, messageQueue: 'pulsar' }))).toEqual([]);
  });
});

describe('the table of charts', () => {
  it('puts every published chart into an era that runs the Milvus it was made for', () => {
    const wrong = CHART_VERSIONS.filter((each) => codes(request(each.appVersion, each.appVersion, each.version)).length > 0);
    expect(wrong).toEqual([]);
    expect(CHART_VERSIONS).toHaveLength(211);
    expect(CHART_VERSIONS.map((each) => each.version)).toEqual([...CHART_VERSIONS.map((each) => each.version)].sort(compareChartVersions));
  });

  it('has no gap between the eras', () => {
    expect(CHART_ERAS.slice(1).map((era) => era.charts.from)).toEqual(CHART_ERAS.slice(0, -1).map((era) => era.charts.before));
    expect(chartEra('2.4.27')).toBeUndefined();
    expect(chartEra('5.0.0-rc1')?.charts.from).toBe('5.0.0');
  });
});
