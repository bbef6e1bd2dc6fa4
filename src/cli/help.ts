// The help text, generated from action.yml, so that each input is described in one place.
import { EXIT_CODES, WRONG_COMMAND_LINE } from './exit-codes.js';
import { allFlags, NO_FLAG, OWN_FLAGS, variableOf, type ActionFile } from './flags.js';
import { INPUT_NAMES, type InputName } from '../core/config/raw-inputs.js';

const WIDTH = 100;
const INDENT = 28;

export function renderHelp(action: ActionFile, version: string): string {
  const operation = action.inputs.operation?.description ?? '';
  return [
    `milvus-upgrade ${version}`,
    ...wrap(action.description, 0),
    '',
    'usage: milvus-upgrade upgrade|plan|verify --release NAME --target-version VERSION [flags]',
    '       milvus-upgrade rollback --release NAME [flags]',
    '       milvus-upgrade … --platform compose --project-directory DIRECTORY [flags]',
    '',
    ...wrap(operation, 0),
    '',
    'Inputs. Each can also be set with the environment variable MILVUS_UPGRADE_<NAME>, such as',
    'MILVUS_UPGRADE_TARGET_VERSION; a flag takes precedence.',
    ...allFlags(action)
      .filter(({ name }) => name in action.inputs)
      .flatMap(({ name, kind }) => entry(`--${name}${valueOf(name, kind, action)}`, describe(name, kind, action))),
    '',
    'Environment variables only, because other users of the machine can read arguments:',
    ...INPUT_NAMES.filter((name) => name in NO_FLAG && name !== 'operation').flatMap((name) =>
      entry(variableOf(name), describe(name, 'value', action)),
    ),
    '',
    'Flags of the command:',
    ...Object.entries(OWN_FLAGS).flatMap(([name, { value, text }]) => entry(`--${name}${value && ` ${value}`}`, text)),
    '',
    'Exit codes:',
    ...exitCodes().map(([code, means]) => `  ${String(code).padStart(3)}  ${means}`),
    '',
  ].join('\n');
}

/** A switch that is on by default is only written to turn it off. */
function valueOf(name: string, kind: string, action: ActionFile): string {
  if (kind !== 'switch') return ' …';
  return action.inputs[name as InputName]?.default === 'true' ? '=false' : '';
}

function describe(name: string, kind: string, action: ActionFile): string {
  const input = action.inputs[name as InputName];
  const remarks = [
    kind === 'list' ? 'May be repeated.' : '',
    kind !== 'switch' && input?.default ? `Default: ${input.default}` : '',
  ];
  return [input?.description ?? '', ...remarks].filter((part) => part !== '').join(' ');
}

function exitCodes(): [number, string][] {
  const outcomes = Object.entries(EXIT_CODES);
  const codes = [...new Set(outcomes.map(([, code]) => code))].map((code): [number, string] => [
    code,
    outcomes
      .filter(([, exitCode]) => exitCode === code)
      .map(([outcome]) => outcome)
      .join(', '),
  ]);
  return [
    ...codes,
    [WRONG_COMMAND_LINE, 'the command line or an input is invalid; nothing was changed'] as [number, string],
  ].sort((a, b) => a[0] - b[0]);
}

/** A name, with its description beside or below it. */
function entry(name: string, text: string): string[] {
  const [first = '', ...rest] = wrap(text, INDENT);
  const head = `  ${name}`;
  return head.length < INDENT - 1 ? [head.padEnd(INDENT) + first.trimStart(), ...rest] : [head, first, ...rest];
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((wrapped) => ' '.repeat(indent) + wrapped);
}
