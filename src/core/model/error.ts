// The errors of this action: what failed, why, and what to do. Each code has an owner who can fix it, and a heading in
// docs/errors.md.
import type { Cause } from './cause.js';
import { YamlProblem } from '../lib/yaml-problem.js';

export const ERROR_CODES = {
  'input-invalid': 'the author of the workflow',
  'upgrade-refused': 'the author of the workflow',
  'tool-missing': 'the author of the workflow',
  'login-failed': 'the author of the workflow',
  'tool-too-old': 'the author of the workflow',
  'checksum-unknown': 'the author of the workflow',
  'checksum-wrong': 'the operator of the mirror or proxy',
  'download-failed': 'the admin of the runner',
  'cluster-unreachable': 'the cluster admin',
  'access-denied': 'the cluster admin',
  'release-not-found': 'the author of the workflow',
  'release-unreadable': 'the cluster admin',
  'run-in-progress': 'the user who started the other run',
  'lock-lost': 'the user who removed the lock, or the network admin',
  'command-failed': 'depends on the command',
  'step-stalled': 'the cluster admin',
  'step-timed-out': 'the operator of the installation',
  'data-differs': 'the operator of the installation',
  'data-not-verified': 'the author of the workflow',
  'write-probe-failed': 'the operator of the installation',
  cancelled: 'the user who cancelled',
  bug: 'the maintainers of this action',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface Problem {
  /** @asType string */
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
  /** The causes, with codes that docs/errors.md explains; the most relevant first. */
  readonly causes?: readonly Cause[];
}

/** An error that is reported to the user. Its message has the form: what failed: why. What to do. */
export class UpgradeError extends Error implements Problem {
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
  readonly causes: readonly Cause[];
  constructor(problem: Problem, options?: ErrorOptions) {
    super(formatProblem(problem), options);
    this.name = 'UpgradeError';
    this.code = problem.code;
    this.what = problem.what;
    this.why = problem.why;
    this.remedy = problem.remedy;
    this.causes = problem.causes ?? [];
  }
}

function formatProblem({ what, why, remedy }: Problem): string {
  return `${what}: ${endSentence(why)} ${endSentence(remedy)}`;
}

export function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The same error, or an unexpected one with the code `bug`, so that callers handle one shape only. */
export function toUpgradeError(error: unknown): UpgradeError {
  return error instanceof UpgradeError ? error : new UpgradeError(toProblem(error), { cause: error });
}

/**
 * Converts any error to the shape that events and reports contain. An unexpected error is a bug of this action and gets
 * the code `bug`.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof UpgradeError)
    return { code: error.code, what: error.what, why: error.why, remedy: error.remedy, causes: error.causes };
  if (error instanceof YamlProblem) {
    const remedy = 'Correct the YAML of the release or of the chart, and run the action again.';
    return {
      code: 'release-unreadable',
      what: 'The YAML of the release or of the chart cannot be read',
      why: error.message,
      remedy,
    };
  }
  return {
    code: 'bug',
    what: 'Unexpected error',
    why: error instanceof Error ? error.message : String(error),
    remedy:
      'Open an issue and attach the report and this log. Run the action again: it resumes from the current state.',
  };
}
