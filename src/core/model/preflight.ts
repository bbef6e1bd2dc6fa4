// The checks before anything is changed, as data. The platforms run them.
import type { CheckResult } from './check-result.js';

/** An object, or a file, that the upgrade adds, changes or removes. Secrets are masked. */
export interface ManifestChange {
  readonly kind: string;
  readonly name: string;
  readonly action: 'add' | 'change' | 'remove';
  /** The most important change, such as the images of a dependency; empty if there is none. */
  readonly note: string;
  /** Lines of a unified diff with masked secrets; empty for an object that is added or removed. */
  readonly diff: readonly string[];
}

export interface Preflight {
  readonly checks: readonly CheckResult[];
  /** One for each failed check; `code` is the ID of the check. */
  readonly failedChecks: readonly CheckResult[];
  readonly changes: readonly ManifestChange[];
}
