// The flags of the command: one for each input of action.yml, and a few of its own. What an input means is said in action.yml alone.
import { INPUT_NAMES, type InputName } from '../core/inputs.js';

/** What the command needs of action.yml; build.mjs puts it into the bundle. */
export interface ActionFile {
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>>;
}

/** Arguments are seen by every user of the machine and land in shell histories; these inputs come from the environment only. */
export const NO_FLAG: Readonly<Partial<Record<InputName, string>>> = {
  operation: 'name it first, as in: milvus-upgrade plan --release my …',
  token: 'arguments can be seen by others on this machine; set MILVUS_UPGRADE_TOKEN, or write --token-file PATH',
  values: 'arguments can be seen by others on this machine; write --values-files PATH, or set MILVUS_UPGRADE_VALUES to the YAML itself',
};

/** Inputs of one entry a line, whose flag may be repeated. */
const LISTS: ReadonlySet<string> = new Set<InputName>(['values-files', 'set', 'skip-checks', 'compose-files', 'env-files']);

/** Flags that are no inputs. */
export const OWN_FLAGS = {
  'token-file': { value: 'PATH', text: 'File with the bearer token, for `server`.' },
  'summary-file': { value: 'PATH', text: 'Write the summary there, as Markdown.' },
  'outputs-file': {
    value: 'PATH',
    text: 'Write the outputs there: as JSON when the name ends in `.json`, else as dotenv, `MILVUS_RESULT_OUTCOME=…`, without `plan`.',
  },
  help: { value: '', text: 'Show this help.' },
  version: { value: '', text: 'Show the version of the command.' },
} as const;

export interface Flag {
  readonly name: string;
  /** A switch takes no value, a list may be repeated. */
  readonly kind: 'switch' | 'value' | 'list';
}

/** Every flag that can be written, the inputs first. An input whose default is `true` or `false` is a switch. */
export function allFlags(action: ActionFile): readonly Flag[] {
  const inputs = INPUT_NAMES.filter((name) => !(name in NO_FLAG)).map((name): Flag => ({ name, kind: kindOf(name, action) }));
  const own = Object.entries(OWN_FLAGS).map(([name, { value }]): Flag => ({ name, kind: value === '' ? 'switch' : 'value' }));
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
