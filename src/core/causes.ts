// Why an upgrade does not go on, as a value with a code that docs/errors.md explains. Pure; causes come from recorded observations, see diagnose.ts, or from the words of Helm, see helm-failure.ts.

import { shorten } from './escape.js';
import { CAUSES } from './knowledge/causes.js';

export const CAUSE_CODES = [
  'IMAGE_NOT_FOUND',
  'IMAGE_PULL_TRANSIENT',
  'CRASH_LOOP',
  'OOM_KILLED',
  'CONFIG_MISSING',
  'UNSCHEDULABLE',
  'QUOTA',
  'ADMISSION_DENIED',
  'PVC_UNBOUND',
  'PROBE_FAILING',
  'PROGRESS_DEADLINE',
  'NO_ACTIVITY',
  'OLD_PODS_DRAINING',
  'NODE_PRESSURE',
  'RBAC_DENIED',
  'RELEASE_LOCKED',
  'IMMUTABLE_FIELD',
  'FIELD_CONFLICT',
  'HOOK_FAILED',
  'CANCELLED',
] as const;

export type CauseCode = (typeof CAUSE_CODES)[number];

export interface Cause {
  readonly code: CauseCode;
  /** True when waiting longer will not help; false when it may heal by itself. */
  readonly certain: boolean;
  /** The Deployment it is about; empty when it is about the whole release. */
  readonly deployment: string;
  /** One pod that shows it; empty where there is none. */
  readonly pod: string;
  /** When it was first seen, ISO 8601 in UTC; flapping does not move it. */
  readonly since: string;
  /** What Kubernetes or Helm said, shortened. */
  readonly evidence: string;
  /** What a person can do about it, one or two sentences. */
  readonly hint: string;
}

const RANKS = Object.keys(CAUSES);

/** The most telling first: those of a Deployment that is surely stuck, and of these the certain ones; the Deployment's own word explains least. */
export function rankCauses(causes: readonly Cause[]): Cause[] {
  const stuck = new Set(causes.filter((each) => each.certain).map((each) => each.deployment));
  const rank = ({ code, certain, deployment }: Cause): number[] => [
    Number(!stuck.has(deployment)),
    code === 'PROGRESS_DEADLINE' ? 2 : Number(!certain),
    RANKS.indexOf(code),
  ];
  return [...causes].sort((a, b) => compareRanks(rank(a), rank(b)) || compareTexts(a.deployment, b.deployment));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((each, index) => each !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The same cause, known by its code and Deployment. */
export function causeKey({ code, deployment }: Pick<Cause, 'code' | 'deployment'>): string {
  return `${code} ${deployment}`;
}

/** One line for a person that begins with the code of the first cause, and names the others. */
export function describeCauses([first, ...others]: readonly Cause[]): string {
  if (!first) return '';
  const where = [first.deployment, first.pod && `pod ${first.pod}`].filter(Boolean).join(', ');
  const alike = others.filter((each) => each.code === first.code).length;
  const also = [...new Set(others.filter((each) => each.code !== first.code).map(causeKey))];
  const more = [
    ...(alike > 0 ? [`the same at ${alike} more ${alike === 1 ? 'Deployment' : 'Deployments'}`] : []),
    ...(also.length > 0 ? [`also ${also.join(', ')}`] : []),
  ];
  return `${first.code}${where ? ` at ${where}` : ''}: ${shorten(first.evidence, 300)}${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
}

/** A cause that an error itself tells: certain at once, and about the whole release. */
export function causeOfError(code: CauseCode, evidence: string, since: string): Cause {
  return { code, certain: true, deployment: '', pod: '', since, evidence: shorten(evidence, 400), hint: CAUSES[code].hint };
}
