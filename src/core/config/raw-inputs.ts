// The inputs as text, before they are parsed. Their descriptions are in action.yml.

/** They have a meaning only for a Docker Compose project, and are empty by default. */
export const COMPOSE_INPUTS = [
  'compose-files',
  'project-directory',
  'project-name',
  'env-files',
  'services',
  'docker-host',
  'docker-context',
] as const;

export const MIGRATION_INPUTS = [
  'root-path',
  'migration-image',
  'storage-class',
  'etcd-endpoints',
  'backup-size',
  'clean-up',
  'revoke-sessions',
] as const;

export const DATA_INPUTS = [
  'verify-data',
  'milvus-address',
  'milvus-token',
  'milvus-ca-certificate',
  'inventory',
  'write-probe',
] as const;

/** The names in action.yml, in its order. */
export const INPUT_NAMES = [
  'platform',
  'release',
  'target-version',
  'namespace',
  'source-version',
  'operation',
  'strategy',
  'hops',
  'stop-at',
  'image',
  'chart',
  'chart-repository',
  'chart-version',
  'values',
  'values-files',
  'set',
  'kubeconfig',
  'context',
  'server',
  'token',
  'ca-certificate',
  'insecure-skip-tls-verify',
  'helm-version',
  'helm-checksum',
  'kubectl-version',
  'kubectl-checksum',
  'download-mirror',
  ...COMPOSE_INPUTS,
  'fix-data-owner',
  ...MIGRATION_INPUTS,
  ...DATA_INPUTS,
  'on-failure',
  'timeout',
  'step-timeout',
  'skip-checks',
  'report-path',
  'evidence-path',
] as const;

export type InputName = (typeof INPUT_NAMES)[number];

/** The value of each input; an omitted input has its default, or is empty if it has none. */
export type RawInputs = Readonly<Record<InputName, string>>;

/** Inputs that are or contain secrets: no message quotes their values. */
export const SECRET_INPUTS = ['values', 'set', 'kubeconfig', 'token', 'milvus-token'] as const;

/**
 * Whether an input is required: a rollback reads its version from the journal, and a Docker Compose project is found by
 * its directory.
 */
export function isNeeded(input: string, { operation, platform }: Pick<RawInputs, 'operation' | 'platform'>): boolean {
  if (input === 'release') return platform !== 'compose';
  return input === 'target-version' && operation !== 'rollback';
}

/** Returns the text of a file, or null if it cannot be read. */
export type ReadFile = (path: string) => string | null;
