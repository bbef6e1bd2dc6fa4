// Inputs as in a workflow: the defaults of action.yml, with the overrides of a test.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { InputName, RawInputs } from '../../src/core/config/raw-inputs.js';

interface ActionFile {
  readonly description: string;
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>
  >;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

export const action = parse(readFileSync('action.yml', 'utf8')) as ActionFile;

export function inputs(written: Partial<Record<InputName, string>> = {}): RawInputs {
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
  // The default of the tests: `auto` would choose a rolling upgrade.
  return {
    ...Object.fromEntries(defaults),
    release: 'my',
    'target-version': '2.2.16',
    strategy: 'helm-upgrade',
    ...written,
  } as RawInputs;
}
