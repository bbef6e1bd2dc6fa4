// Server-side dry run of the objects of a metadata migration. No failure can be skipped: the run would stop Milvus and
// then fail. Pure.
import { evaluateDryRun, type DryRunAnswer } from './dry-run.js';
import type { CheckResult } from '../model/check-result.js';
import { fail, someOf } from './results.js';

export interface ObjectAnswer extends DryRunAnswer {
  /** If the name is already in use: whether the existing object has the labels of this action. */
  readonly isOwn: boolean;
}

const SUBJECT = {
  taken: 'objects of the migration',
  reason: 'the API server rejects an object of the migration',
  remedy: 'Fix what the message reports; otherwise the migration fails with the same message after Milvus is stopped.',
};

export function evaluateMigrationObjects(answers: readonly ObjectAnswer[]): CheckResult[] {
  const foreign = answers.filter((answer) => answer.status === 409 && !answer.isOwn);
  const findings = evaluateDryRun(
    answers.filter((answer) => !isFreedByScaleDown(answer)),
    SUBJECT,
  );
  return [
    ...findings.map((finding) => ({ ...finding, skippable: false })),
    ...(foreign.length > 0 ? [obstacles(foreign)] : []),
  ];
}

/** The pods of the tool start after the Milvus pods are gone, which frees their quota. */
function isFreedByScaleDown({ object, message }: ObjectAnswer): boolean {
  return /^Pod\/.*-tool$/.test(object) && /exceeded quota/.test(message);
}

function obstacles(answers: readonly ObjectAnswer[]): CheckResult {
  const names = answers.map(({ object }) => object);
  return fail(
    'name-taken',
    `the migration needs names that are in use by objects without the labels of this action: ${someOf(names)}`,
    `Inspect them: ${names.map((name) => `\`kubectl describe ${name.toLowerCase()}\``).join(', ')}. Remove the unused ones and run the action again.`,
    'the API server',
  );
}
