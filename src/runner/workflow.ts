// The GitHub runner, or any other CI system: reads inputs, prints log lines, writes outputs, the job summary and the
// report.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { makeRunDirectory, temporaryDirectory, writePrivateFile } from './private-folder.js';
import { formsOf } from '../core/redaction/secret-forms.js';
import type { LogLine } from '../core/report/log/log.js';
import { INPUT_NAMES, SECRET_INPUTS, type RawInputs } from '../core/config/raw-inputs.js';

/** Name of the runner state in which the path of the private directory is passed to post.ts. */
const DIRECTORY_STATE = 'folder';

/**
 * Every input as it was written; the runner adds the defaults of action.yml.
 * Secret inputs are removed from the environment, so that no child process inherits them.
 */
export function readInputs(): RawInputs {
  const raw = Object.fromEntries(INPUT_NAMES.map((name) => [name, core.getInput(name)])) as RawInputs;
  for (const name of SECRET_INPUTS) delete process.env[`INPUT_${name.toUpperCase()}`];
  return raw;
}

/** A directory below RUNNER_TEMP that only this user can open; post.ts removes it if this process cannot. */
export function makePrivateDirectory(): string {
  const directory = makeRunDirectory();
  try {
    if (process.env.GITHUB_STATE) core.saveState(DIRECTORY_STATE, directory);
  } catch {
    // The next run removes it.
  }
  return directory;
}

/** A name for this run that identifies the workflow run, or the process. */
export function nameRun(): string {
  const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt = '1' } = process.env;
  const name = repository && run ? `${repository.replace('/', '.')}.${run}.${attempt}` : `local.${process.pid}`;
  // A Kubernetes label: at most 63 letters, digits, ".", "_" and "-", ending in a letter or digit.
  return `${name
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(-54)
    .replace(/^[^A-Za-z0-9]+/, '')}.${randomUUID().slice(0, 8)}`;
}

/**
 * The URL of the documentation of this version of the action; null if the runner does not provide it, as for `uses:
 * ./`.
 */
export function docsUrl(): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = process.env;
  return server && repository && ref ? `${server}/${repository}/blob/${ref}/docs` : null;
}

let groupIsOpen = false;

/** Prints one line of the log. Annotations and groups are workflow commands on GitHub and plain text elsewhere. */
export function printLine({ kind, text, title }: LogLine): void {
  const properties = title === undefined ? {} : { title };
  const print = {
    group: () => {
      core.startGroup(harmless(text));
      groupIsOpen = true;
    },
    'end-group': () => {
      if (groupIsOpen) core.endGroup();
      groupIsOpen = false;
    },
    text: () => printText(text),
    notice: () => core.notice(text, properties),
    warning: () => core.warning(text, properties),
    error: () => core.error(text, properties),
  };
  const onGitHub = process.env.GITHUB_ACTIONS === 'true';
  if (onGitHub) print[kind]();
  else if (kind !== 'end-group')
    printText(kind === 'group' || kind === 'text' ? text : `${kind.toUpperCase()}: ${text}`);
}

/** Every line begins with the time, so that no text from a cluster can start a workflow command. */
function printText(text: string): void {
  const time = new Date().toISOString().slice(11, 19);
  for (const line of text.split(/\r?\n|\r/)) process.stdout.write(`${time} ${harmless(line)}\n`);
}

/** The old form of a workflow command is recognized anywhere in a line (actions/runner ActionCommand.cs). */
function harmless(text: string): string {
  return text.replaceAll('##[', '## [');
}

/** Makes the runner mask a secret in all its forms, also in the logs of later steps. */
export function maskSecret(secret: string): void {
  if (process.env.GITHUB_ACTIONS === 'true') formsOf(secret).forEach(core.setSecret);
}

/** Sets every output. Outside of GitHub it does nothing; the report contains every output. */
export function writeOutputs(outputs: Readonly<Record<string, string>>): void {
  if (!process.env.GITHUB_OUTPUT) return;
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

/** Appends to the job summary, if there is one. */
export function writeSummary(markdown: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) writeFileSync(file, `${markdown}\n`, { flag: 'a' });
}

/** Where the report is, and why it is not at the requested path; empty if it is. */
export interface WrittenReport {
  readonly path: string;
  readonly problem: string;
}

/**
 * Writes the report to the requested path, or else to the temporary directory of the runner. If that fails, it is
 * written to a new directory.
 */
export function writeReport(report: unknown, path: string): WrittenReport {
  const name = 'milvus-upgrade-report.json';
  const target = path || join(temporaryDirectory(), name);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  try {
    writePrivateFile(target, text);
    return { path: target, problem: '' };
  } catch (error) {
    const instead = join(mkdtempSync(join(temporaryDirectory(), 'milvus-upgrade-report-')), name);
    writePrivateFile(instead, text);
    return {
      path: instead,
      problem: `${target} could not be written (${(error as NodeJS.ErrnoException).code ?? String(error)}); the report is in ${instead}`,
    };
  }
}
