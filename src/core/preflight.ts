// What is asked of the cluster before anything is changed, as data. Who asks is a platform.
import type { Check, FailedCheck } from './refusal.js';

/** One object that the upgrade adds, changes or removes. */
export interface ManifestChange {
  readonly kind: string;
  readonly name: string;
  readonly action: 'add' | 'change' | 'remove';
  /** What a person should know about it first, such as the images of a dependency; empty where nothing stands out. */
  readonly note: string;
  /** Lines of a unified diff, secrets masked; empty for an object that is added or removed whole. */
  readonly diff: readonly string[];
}

export interface Preflight {
  readonly checks: readonly Check[];
  /** One for each check that failed; `code` is the id of the check. */
  readonly failedChecks: readonly FailedCheck[];
  readonly changes: readonly ManifestChange[];
}
