// The outputs of action.yml, from the report.
import type { DataResult } from '../data/result.js';
import { versionsOf } from './hops.js';
import type { Report } from './report.js';

/** The names in action.yml, in its order. */
export const OUTPUT_NAMES = [
  'outcome',
  'strategy',
  'source-version',
  'target-version',
  'chart-version',
  'changed',
  'plan',
  'hops',
  'report',
  'evidence',
  'backup',
  'data-verified',
  'inventory',
] as const;

export type OutputName = (typeof OUTPUT_NAMES)[number];

/**
 * Outputs are limited to 1 MB per job, counted as UTF-16 (docs.github.com, "Defining outputs for jobs"); this leaves
 * space for other steps.
 */
const MAX_PLAN_CHARACTERS = 300_000;

const DATA_VERIFIED: Readonly<Record<DataResult['state'], string>> = {
  verified: 'true',
  differs: 'false',
  'not-verified': 'not verified',
  saved: '',
};

function dataOutputs({ data, inventory }: Report): Pick<Outputs, 'data-verified' | 'inventory'> {
  return { 'data-verified': data ? DATA_VERIFIED[data.state] : '', inventory: inventory ?? '' };
}

type Outputs = Readonly<Record<OutputName, string>>;

/** Every output as text; unknown values are empty. */
export function renderOutputs(report: Report, reportPath: string): Outputs {
  return {
    outcome: report.outcome,
    strategy: report.strategy ?? '',
    'source-version': report.fromVersion ?? '',
    'target-version': report.toVersion,
    'chart-version': report.chart?.to ?? '',
    changed: String(report.changed),
    plan: planOf(report),
    hops: JSON.stringify(hopsOf(report)),
    report: reportPath,
    evidence: report.evidence?.directory ?? '',
    backup: report.backup ?? '',
    ...dataOutputs(report),
  };
}

/** Of several hops, with the plan of each, so that a comparison covers all of them. */
function planOf({ plan, hops }: Report): string {
  if (!plan) return '';
  return shortJson(hops.length > 1 ? { ...plan, plans: hops.map((hop) => hop.plan) } : plan);
}

/** The versions of the path; of a run of one upgrade, its version. */
function hopsOf({ plan, hops }: Report): readonly string[] {
  if (hops.length > 0) return versionsOf(hops);
  return plan && plan.hops.length > 0 && plan.strategy !== 'nothing' ? [plan.to] : [];
}

/** JSON below the limit: optional fields are removed first, and `omitted` lists them. */
function shortJson(plan: object): string {
  const omitted: string[] = [];
  const write = (): string => {
    const kept = Object.entries(plan).filter(([key]) => !omitted.includes(key));
    return JSON.stringify({ ...Object.fromEntries(kept), ...(omitted.length > 0 ? { omitted } : {}) });
  };
  let text = write();
  for (const field of ['pins', 'checks', 'steps', 'hops', 'chart', 'plans']) {
    if (text.length <= MAX_PLAN_CHARACTERS) return text;
    omitted.push(field);
    text = write();
  }
  return text;
}
