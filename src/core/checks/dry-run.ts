// The check `dry-run` and those it finds by the server's words: what the API server said to each change when it was only asked. Pure.
import { pass, someOf, warn, type Finding } from './finding.js';

/** What the server said to one object, sent with dryRun=All; status 200 and no message where it took it. */
export interface DryRunAnswer {
  /** `Kind/name`. */
  readonly object: string;
  readonly verb: 'create' | 'patch';
  readonly status: number;
  readonly message: string;
}

const SOURCE = 'the API server, asked with dryRun=All';

interface Meaning {
  readonly id: string;
  readonly says: RegExp;
  readonly reason: string;
  readonly remedy: string;
  readonly skippable: boolean;
}

/** By the words of the API server; kubernetes/apimachinery pkg/api/validation ("field is immutable"), apps/validation ("updates to statefulset spec"), plugin resourcequota ("exceeded quota"). */
const MEANINGS: readonly Meaning[] = [
  {
    id: 'immutable-field',
    says: /immutable|updates to statefulset spec|may not change once set|spec is immutable after creation/i,
    reason: 'a field that cannot be changed on an existing object would change',
    remedy: 'Keep the old value with `values`, or replace the object by hand first: kubectl delete --cascade=orphan, so that its pods go on running.',
    skippable: false,
  },
  {
    id: 'quota',
    says: /exceeded quota|failed quota/i,
    reason: 'a ResourceQuota of the namespace forbids it',
    remedy: 'Raise the quota, or free some of it.',
    skippable: true,
  },
  {
    id: 'admission',
    says: /admission webhook|ValidatingAdmissionPolicy|violates PodSecurity|denied (the )?request|is forbidden: (?!User)/i,
    reason: 'an admission rule of the cluster says no',
    remedy: 'Change the values so that the rule is kept, or ask its owner.',
    skippable: true,
  },
];

/** What was sent, and what is said of a refusal that no other row explains. */
export interface Subject {
  readonly taken: string;
  readonly reason: string;
  readonly remedy: string;
}

const CHART: Subject = {
  taken: 'changes',
  reason: 'the API server would not take what the chart renders',
  remedy: 'Change the values or the chart; Helm would fail with the same words in the middle of the upgrade.',
};

/** Groups what was refused by its meaning and quotes the server. A right that is missing is told by the check `access`, an object that is gone is made anew. */
export function evaluateDryRun(answers: readonly DryRunAnswer[], { taken, reason, remedy }: Subject = CHART): Finding[] {
  const other: Meaning = { id: 'dry-run', says: /./, reason, remedy, skippable: true };
  const meaningOf = ({ message }: DryRunAnswer): Meaning => MEANINGS.find((each) => each.says.test(message)) ?? other;
  const requested = answers.filter((each) => !isOthersMatter(each));
  const refused = requested.filter((each) => each.status >= 400 && !isUnknowing(each));
  const unknown = requested.filter(isUnknowing);
  const meanings = [...new Set(refused.map(meaningOf))];
  const fails = meanings.map((meaning) =>
    fail(
      meaning,
      refused.filter((each) => meaningOf(each) === meaning),
    ),
  );
  if (unknown.length > 0) fails.push(unanswered(unknown));
  return fails.length > 0 ? fails : [pass('dry-run', `the API server would take all ${requested.length} ${taken}`, SOURCE)];
}

function isOthersMatter({ status, verb, message }: DryRunAnswer): boolean {
  if (status === 403) return /: User "|cannot (patch|create) resource/.test(message);
  return status === 409 || (status === 404 && verb === 'patch');
}

/** The server was busy, or a webhook cannot be asked without effect. */
function isUnknowing({ status, message }: DryRunAnswer): boolean {
  return status >= 500 || status === 429 || status === 0 || /does not support dry run|failed calling webhook/i.test(message);
}

function fail({ id, reason, remedy, skippable }: Meaning, answers: readonly DryRunAnswer[]): Finding {
  return { id, state: 'fail', reason: `${reason}: ${quoted(answers)}`, remedy, source: SOURCE, skippable };
}

function quoted(answers: readonly DryRunAnswer[]): string {
  return someOf(
    answers.map(({ object, message }) => `${object}: ${message}`),
    4,
  );
}

function unanswered(answers: readonly DryRunAnswer[]): Finding {
  return warn('dry-run', `the API server could not say whether it takes ${quoted(answers)}`, 'Look whether the webhook or the server is well.', SOURCE);
}
