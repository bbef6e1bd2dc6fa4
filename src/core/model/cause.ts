// Why an upgrade makes no progress, as a value with a code that docs/errors.md explains. Pure; causes come from
// observations, see diagnose.ts, or from the output of Helm, see core/helm/failure.ts.

import { shorten } from '../lib/escape.js';
import { CAUSES } from '../knowledge/causes.js';
import type { CauseCode } from './cause-code.js';

/** Why the run makes no progress. */
export interface Cause {
  /**
   * A heading of docs/errors.md.
   *
   * @asType string
   */
  readonly code: CauseCode;
  /** True if waiting longer does not help; false if it may resolve without a change. */
  readonly certain: boolean;
  /** The affected Deployment; empty if the whole release is affected. */
  readonly deployment: string;
  /** One affected pod; empty if there is none. */
  readonly pod: string;
  /** When it was first observed, ISO 8601 in UTC; flapping does not change it. */
  readonly since: string;
  /** The message of Kubernetes or Helm, shortened. */
  readonly evidence: string;
  /** What to do about it, in one or two sentences. */
  readonly hint: string;
}

const RANKS = Object.keys(CAUSES);

/**
 * The most relevant first: causes of a Deployment with a certain cause, and of these the certain ones; the condition of
 * the Deployment itself explains least.
 */
export function rankCauses(causes: readonly Cause[]): Cause[] {
  const certainDeployments = new Set(causes.filter((cause) => cause.certain).map((cause) => cause.deployment));
  const rank = ({ code, certain, deployment }: Cause): number[] => [
    Number(!certainDeployments.has(deployment)),
    code === 'PROGRESS_DEADLINE' ? 2 : Number(!certain),
    RANKS.indexOf(code),
  ];
  return [...causes].sort((a, b) => compareRanks(rank(a), rank(b)) || compareTexts(a.deployment, b.deployment));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The identity of a cause: its code and Deployment. */
export function causeKey({ code, deployment }: Pick<Cause, 'code' | 'deployment'>): string {
  return `${code} ${deployment}`;
}

/** One line that begins with the code of the first cause and names the others. */
export function describeCauses([first, ...others]: readonly Cause[]): string {
  if (!first) return '';
  const where = [first.deployment, first.pod && `pod ${first.pod}`].filter(Boolean).join(', ');
  const alike = others.filter((other) => other.code === first.code).length;
  const also = [...new Set(others.filter((other) => other.code !== first.code).map(causeKey))];
  const more = [
    ...(alike > 0 ? [`the same for ${alike} more ${alike === 1 ? 'Deployment' : 'Deployments'}`] : []),
    ...(also.length > 0 ? [`also ${also.join(', ')}`] : []),
  ];
  return `${first.code}${where ? ` at ${where}` : ''}: ${shorten(first.evidence, 300)}${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
}

/** A cause that is contained in an error: certain, and about the whole release. */
export function causeOfError(code: CauseCode, evidence: string, since: string): Cause {
  return {
    code,
    certain: true,
    deployment: '',
    pod: '',
    since,
    evidence: shorten(evidence, 400),
    hint: CAUSES[code].hint,
  };
}
