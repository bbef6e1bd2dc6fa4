import { describe, expect, it } from '@jest/globals';
import { chooseChart } from '../../../../src/core/helm/chart-choice.js';
import type { CatalogueEntry, ChartQuestion } from '../../../../src/core/helm/chart-question.js';
import { CHART_ERAS, CHART_VERSIONS, chartEra, compareChartVersions } from '../../../../src/core/knowledge/charts.js';
import { version } from '../../../../src/core/model/version.js';

/** The public repository as far as it is known, in the order of helm search: newest first. */
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
const codes = (question: ChartQuestion): string[] =>
  chooseChart(question).failedChecks.map((failedCheck) => failedCheck.id);

describe('the automatic selection of a chart', () => {
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
    ['2.5.27', '2.6.22', '4.2.58', '5.0.25'],
  ])('for Milvus %s to %s changes the chart from %s to %s', (from, to, installed, chosen) => {
    const { choice, failedChecks } = chooseChart(request(from, to, installed));
    expect(failedChecks).toEqual([]);
    expect(choice?.version).toBe(chosen);
  });

  it('reports the Milvus version that the chart was made for if it is not the target', () => {
    expect(chooseChart(request('2.4.24', '2.5.27', '4.2.25')).choice).toEqual({
      version: '4.2.58',
      appVersion: '2.5.16',
      why: 'no chart was made for 2.5.27; this one, made for 2.5.16, is the nearest older one',
    });
    expect(chooseChart(request('2.5.16', '2.6.7', '4.2.58')).choice?.why).toBe('the newest chart made for 2.6.7');
  });

  it('keeps an installed chart that is newer than the one made for the target', () => {
    const { choice, failedChecks } = chooseChart(request('2.4.5', '2.4.24', '4.2.58'));
    expect(failedChecks).toEqual([]);
    expect(choice?.version).toBe('4.2.58');
  });

  it('keeps the installed chart if there is nothing to upgrade', () => {
    expect(chooseChart(request('2.5.16', '2.5.16', '4.2.40')).choice?.version).toBe('4.2.40');
  });

  it('keeps the installed chart from 2.6 to 3.0', () => {
    const catalogue = [...publicCharts, { version: '5.0.26', appVersion: '3.0.0' }];
    expect(chooseChart(request('2.6.22', '3.0.0', '5.0.19', { catalogue, keepChart: true })).choice?.version).toBe(
      '5.0.19',
    );
    expect(chooseChart(request('2.6.22', '3.0.0', '5.0.19', { catalogue })).choice?.version).toBe('5.0.26');
  });

  it('excludes charts with Pulsar faults if Pulsar is the queue', () => {
    expect(chooseChart(request('2.3.22', '2.4.24', '4.1.28', { messageQueue: 'pulsar' })).choice?.version).toBe(
      '4.2.20',
    );
  });

  it('never selects a chart that is a pre-release or was made for one', () => {
    const catalogue = [
      ...publicCharts,
      { version: '4.2.60-rc1', appVersion: '2.5.27' },
      { version: '4.2.61', appVersion: '2.5.20-beta' },
      { version: 'latest', appVersion: '2.5.27' },
    ];
    expect(chooseChart(request('2.4.24', '2.5.27', '4.2.25', { catalogue })).choice?.version).toBe('4.2.58');
    expect(chooseChart(request('2.2.3', '2.2.16', '4.0.10')).choice?.version).not.toBe('4.0.11');
  });

  it('never selects an older chart', () => {
    expect(chooseChart(request('2.3.0', '2.3.5', '4.1.1', exact('4.1.15'))).failedChecks[0]?.id).toBe('bad-chart');
    expect(chooseChart(request('2.3.0', '2.3.5', '4.1.1')).choice?.version).toBe('4.1.13');
  });

  it('refuses to replace a newer chart that does not support the target, unless the check is skipped', () => {
    const { choice, failedChecks } = chooseChart(request('2.3.3', '2.3.22', '4.2.5'));
    expect(choice?.version).toBe('4.1.28');
    expect(failedChecks).toMatchObject([{ id: 'chart-downgrade', state: 'fail', skippable: true }]);
  });

  it('keeps the installed chart if it fits and no chart was made for the minor version', () => {
    const catalogue = publicCharts.filter(({ appVersion }) => !appVersion.startsWith('3.'));
    expect(chooseChart(request('3.0.0', '3.0.1', '5.0.10', { catalogue })).choice?.version).toBe('5.0.10');
  });

  it('compares the Milvus versions of charts, not the chart versions', () => {
    const catalogue = [{ version: '5.1.0', appVersion: '2.6.7' }, ...publicCharts];
    expect(chooseChart(request('2.5.16', '2.6.22', '4.2.58', { catalogue })).choice?.version).toBe('5.0.25');
    expect(chooseChart(request('2.5.16', '2.6.7', '4.2.58', { catalogue })).choice?.version).toBe('5.1.0');
  });

  it('fails if the source has no fitting chart, and lists the existing ones', () => {
    const catalogue = publicCharts.filter((chart) => compareChartVersions(chart.version, '4.2.0') < 0);
    const { choice, failedChecks } = chooseChart(request('2.5.16', '2.6.7', '4.1.36', { catalogue }));
    expect(choice).toBeNull();
    expect(failedChecks).toMatchObject([
      {
        id: 'chart-not-found',
        state: 'fail',
        skippable: false,
        remedy: expect.stringContaining('It has 4.1.34, 4.1.35, 4.1.36.'),
      },
    ]);
  });

  it('fails if the installed chart must be kept but the source does not have it', () => {
    const catalogue = publicCharts.filter((chart) => chart.version !== '5.0.17');
    const { choice, failedChecks } = chooseChart(request('2.6.22', '3.0.0', '5.0.17', { catalogue, keepChart: true }));
    expect(choice).toBeNull();
    expect(failedChecks).toMatchObject([
      { id: 'chart-not-found', remedy: expect.stringContaining('It has 5.0.15, 5.0.16, 5.0.19, 5.0.20.') },
    ]);
  });
});

describe('a chart source with a single chart', () => {
  const single = (chart: string, appVersion = ''): Partial<ChartQuestion> => ({
    catalogue: [{ version: chart, appVersion }],
  });

  it('is selected if it fits, whatever Milvus version it was made for', () => {
    expect(chooseChart(request('2.4.5', '2.5.27', '4.1.36', single('4.2.58'))).choice).toMatchObject({
      version: '4.2.58',
      appVersion: '2.5.16',
    });
  });

  it.each([
    ['2.5.16', '2.6.7', '4.2.58', '4.2.58', ['chart-does-not-fit']],
    ['2.4.5', '2.5.27', '4.1.36', '4.1.36', ['chart-does-not-fit']],
    ['2.4.5', '2.5.4', '4.2.10', '4.2.28', ['bad-chart']],
    ['2.4.5', '2.4.24', '4.2.20', '4.2.10', ['chart-downgrade']],
    ['2.4.5', '2.4.24', '4.2.20', '1.2.3', ['chart-does-not-fit', 'chart-downgrade']],
    ['2.4.5', '2.4.24', '4.2.20', 'local', ['chart-does-not-fit']],
  ])('is refused from %s to %s with installed chart %s if it is %s', (from, to, installed, chart, expected) => {
    const { choice, failedChecks } = chooseChart(request(from, to, installed, single(chart)));
    expect(choice?.version).toBe(chart);
    expect(failedChecks.map((failedCheck) => failedCheck.id)).toEqual(expected);
    expect(failedChecks.every((failedCheck) => failedCheck.skippable)).toBe(true);
  });

  it('is refused if the path keeps the installed chart and it is a different one', () => {
    expect(codes(request('2.6.22', '3.0.0', '5.0.19', { ...single('5.0.26', '3.0.0'), keepChart: true }))).toEqual([
      'chart-does-not-fit',
    ]);
    expect(codes(request('2.6.22', '3.0.0', '5.0.26', { ...single('5.0.26', '3.0.0'), keepChart: true }))).toEqual([]);
  });
});

describe('a requested chart', () => {
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
  ])('from %s to %s with installed chart %s: %s results in %j', (from, to, installed, desired, expected) => {
    const { choice, failedChecks } = chooseChart(request(from, to, installed, exact(desired)));
    expect(choice?.version).toBe(desired);
    expect(failedChecks.map((failedCheck) => failedCheck.id)).toEqual(expected);
  });

  it.each(['4.2.21', '4.2.25'])('is refused if it is %s and the queue is Pulsar', (desired) => {
    expect(codes(request('2.3.22', '2.4.24', '4.1.28', { ...exact(desired), messageQueue: 'pulsar' }))).toEqual([
      'bad-chart',
    ]);
    expect(codes(request('2.3.22', '2.4.24', '4.1.28', { ...exact(desired), messageQueue: 'kafka' }))).toEqual([]);
  });

  it('is reported as not found with the nearest versions if the source does not have it', () => {
    expect(chooseChart(request('2.5.4', '2.5.16', '4.2.40', exact('4.2.46')))).toMatchObject({
      choice: null,
      failedChecks: [
        {
          id: 'chart-not-found',
          reason: expect.stringContaining('4.2.46'),
          remedy: expect.stringContaining('It has 4.2.44, 4.2.45, 4.2.47, 4.2.48.'),
        },
      ],
    });
  });

  it('is refused between 2.6 and 3.0 unless it is the installed one', () => {
    expect(codes(request('2.6.22', '3.0.0', '5.0.17', { ...exact('5.0.19'), keepChart: true }))).toEqual([
      'chart-does-not-fit',
    ]);
    expect(codes(request('2.6.22', '3.0.0', '5.0.19', { ...exact('5.0.19'), keepChart: true }))).toEqual([]);
  });

  it('can have a leading v', () => {
    expect(chooseChart(request('2.4.24', '2.5.27', '4.2.25', exact('v4.2.58'))).choice?.version).toBe('4.2.58');
    expect(
      codes(
        request('2.4.24', '2.5.27', '4.2.25', {
          ...exact('4.2.58'),
          catalogue: [{ version: 'v4.2.58', appVersion: '2.5.16' }],
        }),
      ),
    ).toEqual([]);
  });
});

describe('keeping the chart', () => {
  it('is possible if the installed one supports the target', () => {
    expect(chooseChart(request('2.4.5', '2.5.27', '4.2.10', { desired: { kind: 'keep' } })).choice?.version).toBe(
      '4.2.10',
    );
    expect(codes(request('2.5.16', '2.6.7', '4.2.58', { desired: { kind: 'keep' } }))).toEqual(['chart-does-not-fit']);
  });

  it('does not report a defective chart that is already installed', () => {
    expect(codes(request('2.4.16', '2.4.24', '4.2.22', { desired: { kind: 'keep' }, messageQueue: 'pulsar' }))).toEqual(
      [],
    );
  });
});

describe('the table of charts', () => {
  it('assigns every published chart to an era that supports its Milvus version', () => {
    const wrong = CHART_VERSIONS.filter(
      (row) => codes(request(row.appVersion, row.appVersion, row.version)).length > 0,
    );
    expect(wrong).toEqual([]);
    expect(CHART_VERSIONS).toHaveLength(216);
    expect(CHART_VERSIONS.map((row) => row.version)).toEqual(
      [...CHART_VERSIONS.map((row) => row.version)].sort(compareChartVersions),
    );
  });

  it('has no gap between the eras', () => {
    expect(CHART_ERAS.slice(1).map((era) => era.charts.from)).toEqual(
      CHART_ERAS.slice(0, -1).map((era) => era.charts.before),
    );
    expect(chartEra('2.4.27')).toBeUndefined();
    expect(chartEra('5.0.0-rc1')?.charts.from).toBe('5.0.0');
  });
});
