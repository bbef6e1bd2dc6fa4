// What an error of the Kubernetes API means, and who can mend it.
import { ApiException } from '@kubernetes/client-node';
import { causeOfError } from '../core/causes.js';
import { UpgradeError } from '../core/errors.js';
import { explainConnection } from './connection-error.js';

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiException && error.code === status;
}

/** Turns an error of the API into one that says whose it is. `verb` reads like "list deployments". */
export function apiError(error: unknown, verb: string, server: string): unknown {
  if (error instanceof UpgradeError) return error;
  const code = error instanceof ApiException ? error.code : (error as { statusCode?: number }).statusCode;
  if (code === undefined) return explainConnection(error, server) ?? unreachable(error, verb, server, (error as Error).message);
  return statusError(code, error, { verb, server });
}

function statusError(code: number, error: unknown, { verb, server }: { readonly verb: string; readonly server: string }): UpgradeError {
  if (code === 401) return loginRefused(verb, error);
  if (code === 403) return isQuota(error) ? quotaExceeded(error, verb) : forbidden(error, verb);
  const why = `the server answered ${code}: ${messageOf(error)}`;
  const mayPass = code < 400 || code >= 500 || code === 408 || code === 429;
  return mayPass ? unreachable(error, verb, server, why) : rejected(error, verb, why);
}

/** A quota answers 403 as well (kubernetes/apiserver pkg/admission/plugin/resourcequota): the user is allowed, and there is no room. */
function isQuota(error: unknown): boolean {
  return /\bexceeded quota\b|\bfailed quota\b/.test(messageOf(error));
}

function quotaExceeded(error: unknown, verb: string): UpgradeError {
  const why = messageOf(error);
  const cause = causeOfError('QUOTA', why, new Date().toISOString());
  return new UpgradeError({ code: 'command-failed', what: `Cannot ${verb}`, why: `QUOTA: ${why}`, remedy: cause.hint, causes: [cause] }, { cause: error });
}

function rejected(cause: unknown, verb: string, why: string): UpgradeError {
  const remedy = 'Correct what the server names, and run the action again: it continues from what it finds.';
  return new UpgradeError({ code: 'command-failed', what: `Cannot ${verb}`, why, remedy }, { cause });
}

/** The server does not know who asks: a token or certificate that is wrong, was revoked, or has expired. */
export function loginRefused(verb: string, cause?: unknown): UpgradeError {
  const why = 'the server does not accept these credentials (401): they are wrong, were revoked, or have expired';
  const remedy = 'Make a new token or kubeconfig. A token of `kubectl create token` lives an hour unless --duration says more; an upgrade may take longer.';
  return new UpgradeError({ code: 'login-failed', what: `Cannot ${verb}`, why, remedy }, { cause });
}

function forbidden(error: unknown, verb: string): UpgradeError {
  const said = messageOf(error);
  const anonymous = said.includes('system:anonymous');
  const why = anonymous ? `${said}: the kubeconfig has no credentials that the server takes for a user` : said || 'this user may not';
  const remedy = anonymous
    ? 'Give a kubeconfig whose user has a token, a certificate or an exec plugin.'
    : `Give the user of this kubeconfig the right to ${verb} in the namespace.`;
  const causes = [causeOfError('RBAC_DENIED', `may not ${verb}: ${why}`, new Date().toISOString())];
  return new UpgradeError({ code: 'access-denied', what: `Cannot ${verb}`, why, remedy, causes }, { cause: error });
}

function unreachable(cause: unknown, verb: string, server: string, why: string): UpgradeError {
  const remedy = 'Check that the runner reaches the API server. Run the action again: it goes on from what it finds.';
  return new UpgradeError({ code: 'cluster-unreachable', what: `Cannot ${verb} at ${server}`, why, remedy }, { cause });
}

function messageOf(error: unknown): string {
  if (!(error instanceof ApiException)) return (error as Error).message;
  const body: unknown = typeof error.body === 'string' ? parse(error.body) : error.body;
  return (body as { message?: string } | null)?.message ?? '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
