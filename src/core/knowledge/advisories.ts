// What the release notes warn of: targets to avoid, and the newest patch to take instead. Advice only; rules are in paths.ts.
import type { Version } from '../version.js';

/** A warning about the target; `version` is the one that it is about. */
export interface Advisory {
  readonly version: string;
  readonly advice: string;
  readonly source: string;
}

/** The warnings that apply to going from one version to another. */
export function adviseOn(from: Version, to: Version): readonly Advisory[] {
  void from, to;
  return [];
}
