// What the API server said to the objects of a metadata migration when it was only asked. None of it can be skipped: the run would stop Milvus and then fail. Pure.
import { evaluateDryRun, type DryRunAnswer } from './dry-run.js';
import { someOf, type Finding } from './finding.js';

export interface ObjectAnswer extends DryRunAnswer {
  /** Of a name that is taken: whether what has it carries the labels of this action. */
  readonly isOwn: boolean;
}

const SUBJECT = {
  taken: 'objects of the migration',
  reason: 'the API server would not take an object of the migration',
  remedy: 'Change what the message names; the migration would fail with the same words after Milvus is stopped.',
};

export function evaluateMigrationObjects(answers: readonly ObjectAnswer[]): Finding[] {
  const foreign = answers.filter((each) => each.status === 409 && !each.isOwn);
  const findings = evaluateDryRun(
    answers.filter((each) => !waitsForTheStop(each)),
    SUBJECT,
  );
  return [...findings.map((each) => ({ ...each, skippable: false })), ...(foreign.length > 0 ? [obstacles(foreign)] : [])];
}

/** The pods of the tool come when those of Milvus are gone: what a quota has not left now, it has then. */
function waitsForTheStop({ object, message }: ObjectAnswer): boolean {
  return /^Pod\/.*-tool$/.test(object) && /exceeded quota/.test(message);
}

function obstacles(answers: readonly ObjectAnswer[]): Finding {
  const names = answers.map(({ object }) => object);
  return {
    id: 'name-taken',
    state: 'fail',
    reason: `the migration needs names that are taken by objects without the labels of this action: ${someOf(names)}`,
    remedy: `Look at them: ${names.map((name) => `\`kubectl describe ${name.toLowerCase()}\``).join(', ')}. Remove those that nothing uses, and run the action again.`,
    source: 'the API server',
    skippable: false,
  };
}
