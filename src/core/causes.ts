// Why an upgrade does not go on, as a value with a code that docs/errors.md explains. Pure; causes come from recorded observations, see diagnose.ts.

export const CAUSE_CODES = [
  'IMAGE_NOT_FOUND',
  'IMAGE_PULL_TRANSIENT',
  'CRASH_LOOP',
  'OOM_KILLED',
  'CONFIG_MISSING',
  'UNSCHEDULABLE',
  'QUOTA',
  'PVC_UNBOUND',
  'PROBE_FAILING',
  'PROGRESS_DEADLINE',
  'NO_ACTIVITY',
  'OLD_PODS_DRAINING',
  'NODE_PRESSURE',
  'RBAC_DENIED',
  'RELEASE_LOCKED',
  'IMMUTABLE_FIELD',
  'HOOK_FAILED',
  'CANCELLED',
] as const;

export type CauseCode = (typeof CAUSE_CODES)[number];

export interface Cause {
  readonly code: CauseCode;
  /** True when waiting longer will not help; false when it may heal by itself. */
  readonly certain: boolean;
  /** The Deployment it is about; empty when it is about the whole release. */
  readonly deployment: string;
  /** One pod that shows it; empty where there is none. */
  readonly pod: string;
  /** When it was first seen, ISO 8601 in UTC; flapping does not move it. */
  readonly since: string;
  /** What Kubernetes or Helm said, shortened. */
  readonly evidence: string;
  /** What a person can do about it, one or two sentences. */
  readonly hint: string;
}
