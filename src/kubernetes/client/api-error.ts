// Maps errors of the Kubernetes API to their meaning and remedy.
import { getRecord, getString, parseJson } from '../../core/lib/json.js';
import { ApiException } from '@kubernetes/client-node';
import { causeOfError } from '../../core/model/cause.js';
import { UpgradeError } from '../../core/model/error.js';
import { explainConnection } from './connection-error.js';

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiException && error.code === status;
}

/** Maps an API error to an UpgradeError with cause and remedy. `verb` reads like "list deployments". */
export function apiError(error: unknown, verb: string, server: string): unknown {
  if (error instanceof UpgradeError) return error;
  const code = error instanceof ApiException ? error.code : (error as { statusCode?: number }).statusCode;
  if (code === undefined)
    return explainConnection(error, server) ?? unreachable(error, verb, server, (error as Error).message);
  return statusError(code, error, { verb, server });
}

function statusError(
  code: number,
  error: unknown,
  { verb, server }: { readonly verb: string; readonly server: string },
): UpgradeError {
  if (code === 401) return loginRefused(verb, error);
  if (code === 403) return isQuota(error) ? quotaExceeded(error, verb) : forbidden(error, verb);
  const why = `the server answered ${code}: ${messageOf(error)}`;
  const mayPass = code < 400 || code >= 500 || code === 408 || code === 429;
  return mayPass ? unreachable(error, verb, server, why) : rejected(error, verb, why);
}

/**
 * An exceeded quota also returns 403 (kubernetes/apiserver pkg/admission/plugin/resourcequota): the user is authorized,
 * but the quota is used up.
 */
function isQuota(error: unknown): boolean {
  return /\bexceeded quota\b|\bfailed quota\b/.test(messageOf(error));
}

function quotaExceeded(error: unknown, verb: string): UpgradeError {
  const why = messageOf(error);
  const cause = causeOfError('QUOTA', why, new Date().toISOString());
  return new UpgradeError(
    { code: 'command-failed', what: `Cannot ${verb}`, why: `QUOTA: ${why}`, remedy: cause.hint, causes: [cause] },
    { cause: error },
  );
}

function rejected(cause: unknown, verb: string, why: string): UpgradeError {
  const remedy = 'Fix what the API server reports and run the action again: it resumes from the current state.';
  return new UpgradeError({ code: 'command-failed', what: `Cannot ${verb}`, why, remedy }, { cause });
}

/** The server does not accept the credentials: a token or certificate is wrong, was revoked, or has expired. */
export function loginRefused(verb: string, cause?: unknown): UpgradeError {
  const why = 'the server does not accept these credentials (401): they are wrong, were revoked, or have expired';
  const remedy =
    'Create a new token or kubeconfig. A token of `kubectl create token` expires after one hour unless --duration is set; an upgrade can take longer.';
  return new UpgradeError({ code: 'login-failed', what: `Cannot ${verb}`, why, remedy }, { cause });
}

function forbidden(error: unknown, verb: string): UpgradeError {
  const message = messageOf(error);
  const anonymous = message.includes('system:anonymous');
  const why = anonymous
    ? `${message}: the kubeconfig contains no credentials that the server accepts`
    : message || 'permission denied';
  const remedy = anonymous
    ? 'Provide a kubeconfig whose user has a token, a certificate or an exec plugin.'
    : `Grant the user of this kubeconfig the right to ${verb} in the namespace.`;
  const causes = [causeOfError('RBAC_DENIED', `permission denied to ${verb}: ${why}`, new Date().toISOString())];
  return new UpgradeError({ code: 'access-denied', what: `Cannot ${verb}`, why, remedy, causes }, { cause: error });
}

function unreachable(cause: unknown, verb: string, server: string, why: string): UpgradeError {
  const remedy =
    'Check that the runner can connect to the API server. Run the action again: it resumes from the current state.';
  return new UpgradeError({ code: 'cluster-unreachable', what: `Cannot ${verb} at ${server}`, why, remedy }, { cause });
}

/** The message of the API server; empty if its response has none. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiException)) return (error as Error).message;
  return getString(getRecord(typeof error.body === 'string' ? parseJson(error.body) : error.body).message);
}
