// What Helm's last words say about the cause. Pure. The wordings are those of Helm 3 and Helm 4, and of the API server that Helm quotes.
import { causeOfError, type Cause, type CauseCode } from './causes.js';
import { oneLine } from './escape.js';
import { inOrder } from './text-scan.js';

interface Wording {
  readonly code: CauseCode;
  readonly says: RegExp;
  /** Or these words, one after another on a line. */
  readonly follow?: readonly string[];
  readonly source: string;
}

/** Asked in this order: a hook fails for a reason, which may be one of the others; a lock says nothing but itself. */
const WORDINGS: readonly Wording[] = [
  {
    code: 'RELEASE_LOCKED',
    says: /another operation \(install\/upgrade\/rollback\) is in progress/,
    source: 'helm/helm pkg/action/action.go: errPending; the same in 3 and 4',
  },
  {
    code: 'RBAC_DENIED',
    says: /is forbidden: User "[^"]*" cannot |attempting to grant (RBAC permissions|extra privileges)/,
    source: 'kubernetes/apiserver pkg/endpoints/handlers/responsewriters/errors.go; pkg/registry/rbac/validation',
  },
  {
    code: 'QUOTA',
    says: /exceeded quota: |failed quota: |(minimum|maximum) \S+ (usage )?per (Container|Pod|PersistentVolumeClaim)/,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota/controller.go; plugin/pkg/admission/limitranger',
  },
  {
    code: 'IMMUTABLE_FIELD',
    says: /field is immutable|updates to statefulset spec for fields other than |spec is immutable after creation|may not be changed once set/,
    source: 'kubernetes apimachinery pkg/api/validation/objectmeta.go; pkg/apis/apps/validation; pkg/apis/core/validation',
  },
  {
    code: 'FIELD_CONFLICT',
    says: /conflict occurred while applying object|Apply failed with \d+ conflicts?/,
    source: 'helm/helm 4 pkg/kube/client.go: patchResourceServerSide; apimachinery pkg/api/errors: NewApplyConflict',
  },
  {
    code: 'ADMISSION_DENIED',
    says: /admission webhook "[^"]*" denied the request|violates PodSecurity|ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/,
    source: 'kubernetes/apiserver pkg/admission/plugin/webhook/errors/statuserror.go; pod-security-admission',
  },
  {
    code: 'HOOK_FAILED',
    says: /(pre|post)-(install|upgrade|rollback|delete) hooks? failed|[Hh]ook \S+ \S+ failed|BackoffLimitExceeded/,
    follow: ['Error: ', 'job ', ' failed'],
    source: 'helm/helm pkg/action/upgrade.go and hooks.go; kubernetes pkg/controller/job: BackoffLimitExceeded',
  },
];

/** The cause that Helm's stderr tells, certain at once; null when it tells none that is known. */
export function causeOfHelm(stderr: string, at: string): Cause | null {
  const found = WORDINGS.find((wording) => isIn(stderr, wording));
  return found ? causeOfError(found.code, evidenceIn(stderr, found), at) : null;
}

function isIn(text: string, { says, follow }: Wording): boolean {
  return says.test(text) || (follow !== undefined && inOrder(text, ...follow));
}

/** The line that says it; a long one begins where the words are, since Helm puts every name that it can before them. */
function evidenceIn(stderr: string, wording: Wording): string {
  const lines = stderr.split('\n');
  const found = lines.find((each) => isIn(each, wording)) ?? stderr;
  // "1 error occurred:" is followed by what it was.
  const rest = lines.slice(lines.indexOf(found)).map((each) => each.trim());
  const line = found.endsWith(':') ? rest.join(' ') : found;
  const from = Math.max(0, line.search(wording.says) - 200);
  return oneLine(`${from > 0 ? '…' : ''}${line.slice(from)}`);
}
