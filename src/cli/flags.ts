// The flags of the command: one for each input of action.yml, and a few of its own. Inputs are described only in
// action.yml.
import { INPUT_NAMES, SECRET_INPUTS, type InputName } from '../core/config/raw-inputs.js';

/** The part of action.yml that the command needs; build.mjs adds it to the bundle. */
export interface ActionFile {
  readonly description: string;
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>
  >;
}

/**
 * Inputs that have no flag. Every user of the machine can read arguments, and shells store them in their history:
 * secrets come from the environment only.
 */
export const NO_FLAG: Readonly<Partial<Record<InputName, string>>> = {
  operation: 'write it as the first argument, for example: milvus-upgrade plan --release my …',
  token: 'other users of this machine can read arguments; set MILVUS_UPGRADE_TOKEN, or use --token-file PATH',
  'milvus-token': 'other users of this machine can read arguments; set MILVUS_UPGRADE_MILVUS_TOKEN',
  values:
    'other users of this machine can read arguments; use --values-files PATH, or set MILVUS_UPGRADE_VALUES to the YAML text',
};

/** Inputs with one entry per line, whose flag may be repeated. */
const LISTS: ReadonlySet<string> = new Set<InputName>([
  'values-files',
  'set',
  'skip-checks',
  'compose-files',
  'env-files',
]);

/** Flags that are not inputs. */
export const OWN_FLAGS = {
  'token-file': { value: 'PATH', text: 'File with the bearer token, for `server`.' },
  'summary-file': { value: 'PATH', text: 'Write the summary to this file, as Markdown.' },
  'outputs-file': {
    value: 'PATH',
    text: 'Write the outputs to this file: as JSON if the name ends in `.json`, else as dotenv (`MILVUS_RESULT_OUTCOME=…`) without `plan`.',
  },
  help: { value: '', text: 'Show this help.' },
  version: { value: '', text: 'Show the version of the command.' },
} as const;

export interface Flag {
  readonly name: string;
  /** A switch takes no value, a list may be repeated. */
  readonly kind: 'switch' | 'value' | 'list';
}

/** Every flag, the inputs first. An input with the default `true` or `false` is a switch. */
export function allFlags(action: ActionFile): readonly Flag[] {
  const inputs = INPUT_NAMES.filter((name) => !(name in NO_FLAG)).map(
    (name): Flag => ({ name, kind: kindOf(name, action) }),
  );
  const own = Object.entries(OWN_FLAGS).map(
    ([name, { value }]): Flag => ({ name, kind: value === '' ? 'switch' : 'value' }),
  );
  return [...inputs, ...own];
}

function kindOf(name: InputName, action: ActionFile): Flag['kind'] {
  if (LISTS.has(name)) return 'list';
  return ['true', 'false'].includes(action.inputs[name]?.default ?? '') ? 'switch' : 'value';
}

/** `MILVUS_UPGRADE_TARGET_VERSION` for `target-version`. */
export function variableOf(name: string): string {
  return `MILVUS_UPGRADE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Removes secret inputs from the environment, so that no child process inherits them. */
export function removeSecrets(environment: NodeJS.ProcessEnv): void {
  for (const name of SECRET_INPUTS) delete environment[variableOf(name)];
}
