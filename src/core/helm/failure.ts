// Finds the cause of a failure in the error output of Helm. Pure. The patterns match messages of Helm 3 and Helm 4, and
// of the API server that Helm quotes.
import { causeOfError, type Cause } from '../model/cause.js';
import { oneLine } from '../lib/escape.js';
import { inOrder } from '../lib/text-scan.js';
import type { CauseCode } from '../model/cause-code.js';

interface FailurePattern {
  readonly code: CauseCode;
  readonly pattern: RegExp;
  /** Or these words in this order on one line. */
  readonly follow?: readonly string[];
  readonly source: string;
}

/** Matched in this order: a hook fails for a reason, which may be one of the others; a lock has no other reason. */
const FAILURE_PATTERNS: readonly FailurePattern[] = [
  {
    code: 'RELEASE_LOCKED',
    pattern: /another operation \(install\/upgrade\/rollback\) is in progress/,
    source: 'helm/helm pkg/action/action.go: errPending; the same in 3 and 4',
  },
  {
    code: 'RBAC_DENIED',
    pattern: /is forbidden: User "[^"]*" cannot |attempting to grant (RBAC permissions|extra privileges)/,
    source: 'kubernetes/apiserver pkg/endpoints/handlers/responsewriters/errors.go; pkg/registry/rbac/validation',
  },
  {
    code: 'QUOTA',
    pattern: /exceeded quota: |failed quota: |(minimum|maximum) \S+ (usage )?per (Container|Pod|PersistentVolumeClaim)/,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota/controller.go; plugin/pkg/admission/limitranger',
  },
  {
    code: 'IMMUTABLE_FIELD',
    pattern:
      /field is immutable|updates to statefulset spec for fields other than |spec is immutable after creation|may not be changed once set/,
    source:
      'kubernetes apimachinery pkg/api/validation/objectmeta.go; pkg/apis/apps/validation; pkg/apis/core/validation',
  },
  {
    code: 'FIELD_CONFLICT',
    pattern: /conflict occurred while applying object|Apply failed with \d+ conflicts?/,
    source: 'helm/helm 4 pkg/kube/client.go: patchResourceServerSide; apimachinery pkg/api/errors: NewApplyConflict',
  },
  {
    code: 'ADMISSION_DENIED',
    pattern:
      /admission webhook "[^"]*" denied the request|violates PodSecurity|ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/,
    source: 'kubernetes/apiserver pkg/admission/plugin/webhook/errors/statuserror.go; pod-security-admission',
  },
  {
    code: 'HOOK_FAILED',
    pattern: /(pre|post)-(install|upgrade|rollback|delete) hooks? failed|[Hh]ook \S+ \S+ failed|BackoffLimitExceeded/,
    follow: ['Error: ', 'job ', ' failed'],
    source: 'helm/helm pkg/action/upgrade.go and hooks.go; kubernetes pkg/controller/job: BackoffLimitExceeded',
  },
];

/** The cause in Helm's stderr, always certain; null if no known message matches. */
export function causeOfHelm(stderr: string, at: string): Cause | null {
  const found = FAILURE_PATTERNS.find((failurePattern) => isIn(stderr, failurePattern));
  return found ? causeOfError(found.code, evidenceIn(stderr, found), at) : null;
}

function isIn(text: string, { pattern, follow }: FailurePattern): boolean {
  return pattern.test(text) || (follow !== undefined && inOrder(text, ...follow));
}

/** The line that matches; a long line is cut to start near the match, because Helm prefixes it with names. */
function evidenceIn(stderr: string, failurePattern: FailurePattern): string {
  const lines = stderr.split('\n');
  const found = lines.find((line) => isIn(line, failurePattern)) ?? stderr;
  // "1 error occurred:" is followed by the error.
  const rest = lines.slice(lines.indexOf(found)).map((line) => line.trim());
  const line = found.endsWith(':') ? rest.join(' ') : found;
  const from = Math.max(0, line.search(failurePattern.pattern) - 200);
  return oneLine(`${from > 0 ? '…' : ''}${line.slice(from)}`);
}
