// Parses the command line and the environment into inputs, or reports every problem with them at once. Never quotes a
// value: a misplaced value may be a secret.
import { parseArgs } from 'node:util';
import { closestTo } from '../core/lib/closest.js';
import { OPERATIONS } from '../core/config/config.js';
import { findExposed } from './exposed.js';
import { allFlags, NO_FLAG, variableOf, type ActionFile, type Flag } from './flags.js';
import { own } from '../core/lib/own.js';
import { INPUT_NAMES, isNeeded, type InputName, type RawInputs, type ReadFile } from '../core/config/raw-inputs.js';

export type CommandLine =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'run'; readonly raw: RawInputs; readonly summaryFile: string; readonly outputsFile: string }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export interface Surroundings {
  readonly action: ActionFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
}

/** Short flags, the same as in kubectl and helm. */
const SHORT: Readonly<Record<string, string>> = { h: 'help', n: 'namespace' };

export function readCommandLine(words: readonly string[], around: Surroundings): CommandLine {
  const written = readFlags(words, allFlags(around.action));
  if (written.values.has('help')) return { kind: 'help' };
  if (written.values.has('version')) return { kind: 'version' };
  const problems = [...written.problems, ...nearVariables(around.environment), ...findExposed(written.values)];
  const raw = {
    ...inputsOf(written.values, around),
    ...operationOf(written.operations, around, problems),
    ...tokenOf(written.values, around, problems),
  };
  problems.push(...findMissing(raw, written, around));
  if (problems.length > 0) return { kind: 'wrong', problems };
  return {
    kind: 'run',
    raw,
    summaryFile: written.values.get('summary-file') ?? '',
    outputsFile: written.values.get('outputs-file') ?? '',
  };
}

function findMissing(raw: RawInputs, { values }: Written, { action }: Surroundings): string[] {
  const needed = Object.entries(action.inputs).filter(([name]) => isNeeded(name, raw));
  const missing = needed.filter(([name]) => raw[name as InputName] === '' && !values.has(name));
  return missing.map(([name, { description }]) => `--${name} is missing: ${description.replace(/\.$/, '')}`);
}

interface Written {
  readonly values: Map<string, string>;
  readonly operations: string[];
  readonly problems: string[];
}

type Token = NonNullable<ReturnType<typeof tokensOf>>[number];

function tokensOf(words: readonly string[], flags: readonly Flag[]) {
  const options = Object.fromEntries(
    flags.map(({ name, kind }) => [name, { type: kind === 'switch' ? ('boolean' as const) : ('string' as const) }]),
  );
  const short = Object.entries(SHORT).map(([letter, name]) => [name, { ...options[name]!, short: letter }] as const);
  return parseArgs({
    args: [...words],
    options: { ...options, ...Object.fromEntries(short) },
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function readFlags(words: readonly string[], flags: readonly Flag[]): Written {
  const written: Written = { values: new Map(), operations: [], problems: [] };
  let before: Token | null = null;
  for (const token of tokensOf(words, flags)) {
    if (token.kind === 'option') readFlag(token, flags, written);
    // An argument after an unknown flag is the value of that flag.
    else if (token.kind === 'positional' && !isUnknown(before, flags)) written.operations.push(token.value);
    before = token;
  }
  return written;
}

function isUnknown(token: Token | null, flags: readonly Flag[]): boolean {
  return token?.kind === 'option' && token.value === undefined && !flags.some(({ name }) => name === token.name);
}

type OptionToken = Extract<Token, { kind: 'option' }>;

function readFlag(token: OptionToken, flags: readonly Flag[], { values, problems }: Written): void {
  const { name, rawName } = token;
  const flag = flags.find((known) => known.name === name);
  if (!flag) return void problems.push(unknownFlag(name, rawName, flags));
  const { value, problem } = valueOf(token, flag.kind);
  if (problem) problems.push(`--${name} ${problem}`);
  const earlier = values.get(name);
  const repeated = earlier !== undefined && flag.kind !== 'switch';
  if (repeated && flag.kind === 'value') problems.push(`--${name} is set more than once`);
  values.set(name, repeated && flag.kind === 'list' ? `${earlier}\n${value}` : value);
}

/** The value of a known flag. A value that begins with "--" is the next flag, unless it follows "=". */
function valueOf({ value, inlineValue }: OptionToken, kind: Flag['kind']): { value: string; problem: string } {
  if (kind === 'switch') {
    const known = !inlineValue || value === 'true' || value === 'false';
    return {
      value: value ?? 'true',
      problem: known ? '' : 'is a boolean flag: use it without a value, or with =false',
    };
  }
  const missing = !value || (!inlineValue && value.startsWith('--'));
  return { value: value ?? '', problem: missing ? 'requires a value' : '' };
}

function unknownFlag(name: string, rawName: string, flags: readonly Flag[]): string {
  const instead = own<string | undefined>(NO_FLAG, name);
  if (instead) return `${rawName} is not a flag: ${instead}`;
  const near = closestTo(
    name,
    flags.map((flag) => flag.name),
  );
  return `${rawName} is not a flag${near ? `; did you mean --${near}?` : ': run --help for the list of flags'}`;
}

/** The order of precedence is: the flag, the environment variable, the default of action.yml. */
function inputsOf(values: ReadonlyMap<string, string>, { action, environment }: Surroundings): RawInputs {
  const valueOf = (name: InputName): string =>
    values.get(name) ?? (environment[variableOf(name)] || (action.inputs[name]?.default ?? ''));
  return Object.fromEntries(INPUT_NAMES.map((name) => [name, valueOf(name).trim()])) as RawInputs;
}

function operationOf(
  words: readonly string[],
  { environment }: Surroundings,
  problems: string[],
): { operation: string } {
  const [operation = environment[variableOf('operation')] ?? '', ...more] = words;
  if (operation === '')
    problems.push(`the operation is missing: the first argument must be one of ${OPERATIONS.join(', ')}`);
  else if (!OPERATIONS.some((known) => known === operation)) {
    const near = closestTo(operation, OPERATIONS);
    problems.push(
      `the operation is unknown: it must be one of ${OPERATIONS.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  if (more.length > 0)
    problems.push(`${more.length === 1 ? 'an argument' : `${more.length} arguments`} without a flag: use --name value`);
  return { operation };
}

/** The path of the file is public, its content is a secret. */
function tokenOf(
  values: ReadonlyMap<string, string>,
  { environment, readFile }: Surroundings,
  problems: string[],
): { token?: string } {
  const path = values.get('token-file');
  if (path === undefined) return {};
  if (environment[variableOf('token')])
    problems.push('--token-file and MILVUS_UPGRADE_TOKEN are both set: remove one of them');
  const text = readFile(path);
  if (text === null || text.trim() === '') problems.push('the file of --token-file cannot be read or is empty');
  return { token: text?.trim() ?? '' };
}

/** Reports environment variables with a misspelled name, which would otherwise be ignored silently. */
function nearVariables(environment: Surroundings['environment']): string[] {
  const known = INPUT_NAMES.map(variableOf);
  return Object.keys(environment)
    .filter((name) => name.startsWith('MILVUS_UPGRADE_') && !known.includes(name))
    .map((name) => ({ name, near: closestTo(name, known) }))
    .filter(({ near }) => near !== null)
    .map(({ name, near }) => `the environment variable ${name} is unknown; did you mean ${near}?`);
}
