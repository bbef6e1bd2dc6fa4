// The errors of this action: what failed, why, and what to do. Sorted by who can fix them; every code has a heading in docs/errors.md.
import type { Cause } from './causes.js';
import { YamlProblem } from './safe-yaml.js';

export const ERROR_CODES = {
  'input-invalid': 'the workflow author',
  'upgrade-refused': 'the workflow author',
  'tool-missing': 'the workflow author',
  'login-failed': 'the workflow author',
  'tool-too-old': 'the workflow author',
  'checksum-unknown': 'the workflow author',
  'checksum-wrong': 'whoever serves the download',
  'download-failed': 'the admin of the runner',
  'cluster-unreachable': 'the cluster admin',
  'access-denied': 'the cluster admin',
  'release-not-found': 'the workflow author',
  'release-unreadable': 'the cluster admin',
  'run-in-progress': 'whoever started the other run',
  'lock-lost': 'whoever removed the lock, or the admin of the network',
  'command-failed': 'depends on the command',
  'step-stalled': 'the cluster admin',
  'step-timed-out': 'whoever knows the load',
  cancelled: 'whoever cancelled',
  bug: 'the authors of this action',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface Problem {
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
  /** Why, as codes that docs/errors.md explains; the most telling one first. */
  readonly causes?: readonly Cause[];
}

/** An end of the run that the user has to know of. Its message reads: what failed: why. What to do. */
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

export function formatProblem({ what, why, remedy }: Problem): string {
  return `${what}: ${endSentence(why)} ${endSentence(remedy)}`;
}

export function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The same error, or an unexpected one with the code `bug`, so that whoever handles it needs one shape only. */
export function toUpgradeError(error: unknown): UpgradeError {
  return error instanceof UpgradeError ? error : new UpgradeError(toProblem(error), { cause: error });
}

/** Gives every error the one shape that events and reports carry. What we did not expect is a bug of ours, and says so. */
export function toProblem(error: unknown): Problem {
  if (error instanceof UpgradeError) return { code: error.code, what: error.what, why: error.why, remedy: error.remedy, causes: error.causes };
  if (error instanceof YamlProblem) {
    const remedy = 'Correct the YAML of the release or of the chart, and run the action again.';
    return { code: 'release-unreadable', what: 'The YAML of the release or of the chart cannot be read', why: error.message, remedy };
  }
  return {
    code: 'bug',
    what: 'The action met an error it does not know',
    why: error instanceof Error ? error.message : String(error),
    remedy: 'Open an issue and attach the report and this log. Run the action again: it goes on from what it finds.',
  };
}
