// Runs workflows with act (github.com/nektos/act) on this machine in host mode, with the built dist/ and the login of
// the simulated lab.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lab } from './lab.js';

export interface Workflow {
  /** The parent directory of the repositories. */
  readonly directory: string;
  /** The file in .github/workflows, with its text. */
  readonly name: string;
  readonly text: string;
  readonly env: NodeJS.ProcessEnv;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Directories with stand-ins for third-party actions, by `owner/name@ref`. */
  readonly actions?: Readonly<Record<string, string>>;
}

export interface WorkflowRun {
  readonly exitCode: number | null;
  readonly log: string;
}

/** The path of act, which is downloaded or built at the first use. */
export function prepareAct(): string {
  return join(lab('tools', 'runner'), 'act');
}

/**
 * A copy of action.yml and dist/ with the chart repository and the programs of the lab as defaults; downloads are
 * tested elsewhere.
 */
export function copyAction(target: string): string {
  cpSync('dist', join(target, 'dist'), { recursive: true });
  const text = readFileSync('action.yml', 'utf8')
    .replace('https://zilliztech.github.io/milvus-helm/', lab('charts', 'url'))
    .replace(/(default: )'?3\.\d+\.\d+'?/, '$1installed')
    .replace(/(kubectl-version:[\s\S]*?default: )auto/, '$1installed');
  writeFileSync(join(target, 'action.yml'), text);
  return target;
}

/** Creates a repository with the workflow, so that `uses: ./` is this action, and dispatches the workflow. */
export function runWorkflow(
  act: string,
  { directory, name, text, env, inputs = {}, actions = {} }: Workflow,
): WorkflowRun {
  const repository = mkdtempSync(join(directory, 'repository-'));
  mkdirSync(join(repository, '.github/workflows'), { recursive: true });
  writeFileSync(join(repository, '.github/workflows', name), text);
  copyAction(repository);
  execFileSync('git', ['init', '-q', repository]);
  execFileSync('git', [
    '-C',
    repository,
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@localhost',
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    'Add a workflow',
  ]);
  const args = [
    ...['workflow_dispatch', '-W', `.github/workflows/${name}`, '-P', 'ubuntu-24.04=-self-hosted'],
    ...Object.entries(inputs).flatMap(([input, value]) => ['--input', `${input}=${value}`]),
    ...['PATH', 'KUBECONFIG'].flatMap((variable) => ['--env', `${variable}=${env[variable] ?? ''}`]),
    ...Object.entries(actions).flatMap(([action, path]) => ['--local-repository', `${action}=${path}`]),
  ];
  // Outside of the repository, because act copies that into its cache.
  const own = { ...env, HOME: directory, XDG_CACHE_HOME: join(directory, 'cache') };
  const { status, stdout, stderr } = spawnSync(act, args, {
    cwd: repository,
    env: own,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { exitCode: status, log: stdout + stderr };
}
