// Generates docs/inputs.md and docs/outputs.md from action.yml, action-types.yml and the exit codes of the command.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { EXIT_CODES, WRONG_COMMAND_LINE } from '../../src/cli/exit-codes.js';
import { NO_FLAG, variableOf } from '../../src/cli/flags.js';
import { DATA_INPUTS } from '../../src/core/config/raw-inputs.js';
import { action } from '../../test/support/inputs.js';

const NOTE = '<!-- Generated from action.yml by npm run fix. Change action.yml, not this page. -->';

/** The section of each input. The test of the page fails if an input has no section. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  'What to upgrade': [
    'platform',
    'release',
    'namespace',
    'target-version',
    'source-version',
    'operation',
    'strategy',
    'hops',
    'stop-at',
    'image',
  ],
  'Chart and Helm values': ['chart', 'chart-repository', 'chart-version', 'values', 'values-files', 'set'],
  'Access to the cluster': ['kubeconfig', 'context', 'server', 'token', 'ca-certificate', 'insecure-skip-tls-verify'],
  'Helm and kubectl': ['helm-version', 'helm-checksum', 'kubectl-version', 'kubectl-checksum', 'download-mirror'],
  'Docker Compose': [
    'project-directory',
    'project-name',
    'compose-files',
    'env-files',
    'services',
    'docker-host',
    'docker-context',
    'fix-data-owner',
  ],
  'Metadata migration': [
    'root-path',
    'etcd-endpoints',
    'migration-image',
    'storage-class',
    'backup-size',
    'clean-up',
    'revoke-sessions',
  ],
  'Verification of data': DATA_INPUTS,
  'Checks, limits and files': ['on-failure', 'timeout', 'step-timeout', 'skip-checks', 'report-path', 'evidence-path'],
};

interface Types {
  readonly inputs: Readonly<Record<string, { readonly type: string }>>;
}

const types = (parse(readFileSync('action-types.yml', 'utf8')) as Types).inputs;
const cell = (text: string): string => text.replaceAll('|', '\\|');

export function renderInputsPage(): string {
  const placed = Object.values(SECTIONS).flat();
  const missing = Object.keys(action.inputs).filter((name) => !placed.includes(name));
  if (missing.length > 0)
    throw new Error(`scripts/pages/reference.ts has no section for the inputs ${missing.join(', ')}`);
  const sections = Object.entries(SECTIONS).map(([title, names]) => `## ${title}\n\n${inputTable(names)}\n`);
  return `# Inputs

${NOTE}

Every input is a key below \`with:\` in a workflow, and a flag of the command: \`target-version\` is \`--target-version\`. The command also reads environment variables, such as
\`${variableOf('target-version')}\`. A flag takes precedence over a variable. \`token\`, \`milvus-token\` and \`values\` have no flag, since other users of the machine can read arguments;
\`operation\` is the first argument: \`milvus-upgrade plan …\`. An input of type *list* takes one entry per line in a workflow (\`skip-checks\` also accepts commas and spaces), and its flag may be repeated.

${sections.join('\n')}`;
}

function inputTable(names: readonly string[]): string {
  const rows = names.map((name) => {
    const { description, required, default: value } = action.inputs[name] ?? { description: '' };
    const type = `${types[name]?.type ?? ''}${name in NO_FLAG ? ', no flag' : ''}`;
    return `| \`${name}\` | ${cell(description)} | ${type} | ${required ? '**required**' : value ? `\`${value}\`` : ''} |`;
  });
  return ['| input | meaning | type | default |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

export function renderOutputsPage(): string {
  const rows = Object.entries(action.outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return `# Outputs

${NOTE}

A later step reads them as \`steps.<id>.outputs.<name>\`. The command writes them with \`--outputs-file\`: as JSON if the name of the file ends in \`.json\`, otherwise as
\`MILVUS_RESULT_OUTCOME=…\` lines without \`plan\`.

| output | meaning |
| --- | --- |
${rows.join('\n')}

[report-schema.json](report-schema.json) is the JSON schema of the report.

## Outcomes and exit codes

The step of a workflow succeeds if the outcome is \`succeeded\`, \`unchanged\` or \`planned\`, and fails otherwise. The command has more exit codes:

| exit code | outcome |
| --- | --- |
${exitCodes().join('\n')}
`;
}

function exitCodes(): string[] {
  const outcomes = Object.entries(EXIT_CODES);
  const named = [...new Set(outcomes.map(([, code]) => code))].map((code): [number, string] => [
    code,
    outcomes.flatMap(([outcome, of]) => (of === code ? `\`${outcome}\`` : [])).join(', '),
  ]);
  const unusable: [number, string] = [
    WRONG_COMMAND_LINE,
    'none: the command line or an input is invalid, nothing was changed',
  ];
  return [...named, unusable].sort(([a], [b]) => a - b).map(([code, means]) => `| ${code} | ${means} |`);
}
