// The check `dry-run`, and the checks that are derived from the messages of the API server: the server-side dry run of
// each change. Pure.
import type { CheckResult } from '../model/check-result.js';
import { fail, pass, someOf, warn } from './results.js';

/**
 * The response of the server to one object, sent with dryRun=All; status 200 and no message if it accepts the object.
 */
export interface DryRunAnswer {
  /** `Kind/name`. */
  readonly object: string;
  readonly verb: 'create' | 'patch';
  readonly status: number;
  readonly message: string;
}

const SOURCE = 'the API server, with dryRun=All';

interface Meaning {
  readonly id: string;
  readonly says: RegExp;
  readonly reason: string;
  readonly remedy: string;
  readonly skippable: boolean;
}

/**
 * By the messages of the API server; kubernetes/apimachinery pkg/api/validation ("field is immutable"), apps/validation
 * ("updates to statefulset spec"), plugin resourcequota ("exceeded quota").
 */
const MEANINGS: readonly Meaning[] = [
  {
    id: 'immutable-field',
    says: /immutable|updates to statefulset spec|may not change once set|spec is immutable after creation/i,
    reason: 'the upgrade would change an immutable field of an existing object',
    remedy:
      'Keep the old value with `values`. Never delete a PersistentVolumeClaim: that can delete its data. A Deployment or StatefulSet can be replaced manually first: `kubectl delete --cascade=orphan` keeps its pods running.',
    skippable: false,
  },
  {
    id: 'quota',
    says: /exceeded quota|failed quota/i,
    reason: 'a ResourceQuota of the namespace rejects it',
    remedy: 'Raise the quota, or free resources.',
    skippable: true,
  },
  {
    id: 'admission',
    says: /admission webhook|ValidatingAdmissionPolicy|violates PodSecurity|denied (the )?request|is forbidden: (?!User)/i,
    reason: 'an admission policy of the cluster rejects it',
    remedy: 'Change the values to comply with the policy, or contact its owner.',
    skippable: true,
  },
];

/** What was sent, and the message for a rejection that no other row explains. */
export interface Subject {
  readonly taken: string;
  readonly reason: string;
  readonly remedy: string;
}

const CHART: Subject = {
  taken: 'changes',
  reason: 'the API server rejects what the chart renders',
  remedy: 'Change the values or the chart; otherwise Helm fails with the same message during the upgrade.',
};

/**
 * Groups the rejected objects by their meaning and quotes the server. The check `access` reports missing rights; a
 * missing object is created again.
 */
export function evaluateDryRun(
  answers: readonly DryRunAnswer[],
  { taken, reason, remedy }: Subject = CHART,
): CheckResult[] {
  const other: Meaning = { id: 'dry-run', says: /./, reason, remedy, skippable: true };
  const meaningOf = ({ message }: DryRunAnswer): Meaning =>
    MEANINGS.find((meaning) => meaning.says.test(message)) ?? other;
  const sent = answers.filter((answer) => !isOthersMatter(answer));
  const refused = sent.filter((answer) => answer.status >= 400 && !isUnknowing(answer));
  const unknown = sent.filter(isUnknowing);
  const meanings = [...new Set(refused.map(meaningOf))];
  const fails = meanings.map((meaning) =>
    failOf(
      meaning,
      refused.filter((answer) => meaningOf(answer) === meaning),
    ),
  );
  if (unknown.length > 0) fails.push(unanswered(unknown));
  return fails.length > 0 ? fails : [pass('dry-run', `the API server accepts all ${sent.length} ${taken}`, SOURCE)];
}

function isOthersMatter({ status, verb, message }: DryRunAnswer): boolean {
  if (status === 403) return /: User "|cannot (patch|create) resource/.test(message);
  return status === 409 || (status === 404 && verb === 'patch');
}

/** The server is busy, or a webhook does not support a dry run. */
function isUnknowing({ status, message }: DryRunAnswer): boolean {
  return (
    status >= 500 || status === 429 || status === 0 || /does not support dry run|failed calling webhook/i.test(message)
  );
}

function failOf({ id, reason, remedy, skippable }: Meaning, answers: readonly DryRunAnswer[]): CheckResult {
  return { ...fail(id, `${reason}: ${quoted(answers)}`, remedy, SOURCE), skippable };
}

function quoted(answers: readonly DryRunAnswer[]): string {
  return someOf(
    answers.map(({ object, message }) => `${object}: ${message}`),
    4,
  );
}

function unanswered(answers: readonly DryRunAnswer[]): CheckResult {
  return warn(
    'dry-run',
    `the API server could not validate ${quoted(answers)}`,
    'Check the health of the webhook and the API server.',
    SOURCE,
  );
}
