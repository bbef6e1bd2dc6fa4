// Parses the inputs of action.yml into a Config, or reports every problem at once. No side effects: files are read
// through the given function.
import { HOPS, ON_FAILURE, OPERATIONS, PLATFORMS, STRATEGIES, type ChartSource, type Config } from './config.js';
import { oneLine, shorten } from '../lib/escape.js';
import { parseCompose } from './compose.js';
import { parseData } from './data.js';
import { parseLogin } from './login.js';
import { parseMigration } from './migration.js';
import { parseStopAt } from './stop-at.js';
import { parseTools } from './tools.js';
import { SecretValues } from '../model/values.js';
import { parseValues } from './values-inputs.js';
import { parseImage, parseVersion, type Version } from '../model/version.js';
import { isNeeded, type InputName, type RawInputs, type ReadFile, type SECRET_INPUTS } from './raw-inputs.js';
import type { RequestedChart } from './requested-chart.js';

type NonSecret = Exclude<InputName, (typeof SECRET_INPUTS)[number]>;

export type ParsedInputs =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Why a file or a directory cannot be written; empty if it can. */
export type WriteProblem = (path: string, kind: 'file' | 'directory') => string;

export function parseInputs(raw: RawInputs, readFile: ReadFile, writeProblem: WriteProblem = () => ''): ParsedInputs {
  const problems: string[] = [];
  const addInputError: AddInputError = (input, works) =>
    problems.push(`${input} is "${shorten(oneLine(raw[input]), 200)}"; ${works}`);
  const addError = (problem: string): void => void problems.push(problem);
  const values = parseValues(raw, readFile, addError);
  oneOf(raw, 'platform', PLATFORMS, addInputError);
  checkWritable(raw, addInputError, writeProblem);
  // In the order in which the problems are reported. Inputs that the platform does not use are checked as well.
  const { project, release, namespace, chart, chartVersion, login, tools, backupVolume, ...shared } = {
    operation: oneOf(raw, 'operation', OPERATIONS, addInputError),
    strategy: oneOf(raw, 'strategy', STRATEGIES, addInputError),
    project: parseCompose(raw, addInputError),
    release: isNeeded('release', raw) ? named(raw, 'release', 53, addInputError) : '',
    namespace: named(raw, 'namespace', 63, addInputError),
    target: target(raw, addInputError),
    source: raw['source-version'] ? fullVersion(raw, 'source-version', addInputError) : null,
    hops: oneOf(raw, 'hops', HOPS, addInputError),
    stopAt: parseStopAt(raw, addInputError),
    image: imageReference(raw, addInputError),
    chart: chartSource(raw, addInputError),
    chartVersion: requestedChart(raw, addInputError),
    login: parseLogin(raw, readFile, addError),
    tools: parseTools(raw, addError),
    ...parseMigration(raw, addInputError),
    data: parseData(raw, readFile, addError),
    onFailure: oneOf(raw, 'on-failure', ON_FAILURE, addInputError),
    timeoutSeconds: seconds(raw, 'timeout', addInputError),
    stepTimeoutSeconds: seconds(raw, 'step-timeout', addInputError),
    skipChecks: words(raw['skip-checks']),
    reportPath: raw['report-path'] || null,
    evidencePath: raw['evidence-path'] || null,
  };
  if (problems.length > 0) return { ok: false, problems };
  const ofRelease = { release, namespace, chart, chartVersion, backupVolume, login, tools };
  const config: Config = project
    ? { platform: 'compose', ...shared, project }
    : { platform: 'helm', ...shared, ...ofRelease, values: new SecretValues(values) };
  return { ok: true, config };
}

type AddInputError = (input: NonSecret, works: string) => void;

function checkWritable(raw: RawInputs, addInputError: AddInputError, writeProblem: WriteProblem): void {
  for (const [input, kind] of [
    ['report-path', 'file'],
    ['evidence-path', 'directory'],
  ] as const) {
    const problem = raw[input] === '' ? '' : writeProblem(raw[input], kind);
    if (problem)
      addInputError(
        input,
        `${problem}; write ${kind === 'file' ? 'a file in an existing, writable directory' : 'a writable directory'}, or leave it out`,
      );
  }
}

function oneOf<Word extends string>(
  raw: RawInputs,
  input: NonSecret,
  allowed: readonly Word[],
  addInputError: AddInputError,
): Word {
  const found = allowed.find((word) => word === raw[input]);
  if (!found) addInputError(input, `write one of ${allowed.join(', ')}`);
  return found ?? (allowed[0] as Word);
}

/**
 * RFC 1123 labels; Helm allows 53 characters for a release (helm/pkg/chartutil/validate_name.go), Kubernetes 63 for a
 * namespace.
 */
function named(raw: RawInputs, input: 'release' | 'namespace', longest: number, addInputError: AddInputError): string {
  const name = raw[input];
  if (name === '')
    addInputError(
      input,
      `write the name of the ${input === 'release' ? 'Helm release, as `helm list` shows it' : 'namespace'}`,
    );
  else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > longest) {
    addInputError(input, `write at most ${longest} lower-case letters, digits and "-", for example my-milvus`);
  }
  return name;
}

function target(raw: RawInputs, addInputError: AddInputError): Version {
  const none = { major: 0, minor: 0, patch: 0, preRelease: '' };
  return !isNeeded('target-version', raw) && raw['target-version'] === ''
    ? none
    : (fullVersion(raw, 'target-version', addInputError) ?? none);
}

function fullVersion(
  raw: RawInputs,
  input: 'target-version' | 'source-version',
  addInputError: AddInputError,
): Version | null {
  const found = parseVersion(raw[input]);
  if (!found) addInputError(input, 'write a full Milvus version such as 2.6.15');
  return found;
}

function imageReference(raw: RawInputs, addInputError: AddInputError): string | null {
  if (raw.image === '') return null;
  const { repository, tag, digest } = parseImage(raw.image);
  const readable =
    /^[a-z0-9][a-zA-Z0-9._:/-]*$/.test(repository) &&
    /^[\w][\w.-]{0,127}$/.test(tag) &&
    (digest === '' || /^[a-z0-9]+:[0-9a-f]{32,}$/.test(digest) || raw.platform === 'compose');
  if (!readable)
    addInputError('image', 'write repository and tag, for example registry.example.com/milvusdb/milvus:v2.6.15');
  return raw.image;
}

function chartSource(raw: RawInputs, addInputError: AddInputError): ChartSource {
  const reference = raw.chart;
  if (reference.startsWith('oci://')) return { kind: 'oci', reference };
  if (reference.endsWith('.tgz')) return { kind: 'archive', reference };
  if (/^(\.{0,2}\/|~\/|[A-Za-z]:\\)/.test(reference) || reference === '.') return { kind: 'directory', reference };
  if (!/^[a-z0-9][\w.-]*\/[a-z0-9][\w.-]*$/.test(reference)) {
    addInputError(
      'chart',
      'write milvus/milvus, a directory such as ./charts/milvus, a .tgz file, or oci://registry/path',
    );
  }
  if (!/^https?:\/\/[^\s/]+/.test(raw['chart-repository'])) {
    addInputError('chart-repository', 'write a URL such as https://zilliztech.github.io/milvus-helm/');
  }
  return { kind: 'repository', reference, url: raw['chart-repository'] };
}

function requestedChart(raw: RawInputs, addInputError: AddInputError): RequestedChart {
  const text = raw['chart-version'];
  if (text === 'auto' || text === 'keep') return { kind: text };
  if (!parseVersion(text)) addInputError('chart-version', 'write auto, keep, or a full chart version such as 4.2.58');
  return { kind: 'exact', version: text.replace(/^v/, '') };
}

/** Whole seconds, or a number with s, m or h: 900, 15m, 2h. */
function seconds(raw: RawInputs, input: 'timeout' | 'step-timeout', addInputError: AddInputError): number {
  const found = /^(\d{1,6})(s|m|h)?$/.exec(raw[input]);
  const unit = { s: 1, m: 60, h: 3600 }[found?.[2] ?? 's'] ?? 1;
  const value = found ? Number(found[1]) * unit : 0;
  if (value <= 0 || value > 7 * 24 * 3600)
    addInputError(input, 'write seconds, or a time such as 15m or 2h, up to a week');
  return value;
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
