// The codes of the causes, in the order in which they are reported. knowledge/causes.ts has a row for each.

export const CAUSE_CODES = [
  'IMAGE_NOT_FOUND',
  'IMAGE_PULL_TRANSIENT',
  'CRASH_LOOP',
  'OOM_KILLED',
  'CONFIG_MISSING',
  'UNSCHEDULABLE',
  'QUOTA',
  'ADMISSION_DENIED',
  'PVC_UNBOUND',
  'PROBE_FAILING',
  'PROGRESS_DEADLINE',
  'NO_ACTIVITY',
  'OLD_PODS_DRAINING',
  'NODE_PRESSURE',
  'RBAC_DENIED',
  'RELEASE_LOCKED',
  'IMMUTABLE_FIELD',
  'FIELD_CONFLICT',
  'HOOK_FAILED',
  'CANCELLED',
] as const;

export type CauseCode = (typeof CAUSE_CODES)[number];
