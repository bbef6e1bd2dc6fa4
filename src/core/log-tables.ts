// The longer passages of the log: what was seen, the plan, the refusals. Lines of plain text, aligned for a fixed-width font.
import { settingsFor } from './setting.js';
import { formatSeconds } from './duration.js';
import { oneLine, shorten } from './escape.js';
import { isAtZero, isSettled, isStopped, type Component } from './component.js';
import { runningVersions, type Observation, type Release } from './observation.js';
import type { ProjectObservation } from './compose/seen.js';
import type { Check, FailedCheck } from './refusal.js';
import type { Hop, Plan, Step } from './steps.js';
import { formatVersion, parseImage } from './version.js';

export function logObservation(observation: Observation): string[] {
  const versions = runningVersions(observation).map(formatVersion).join(' and ') || 'a version that no image tag tells';
  return [
    ...logInstallation(observation),
    `${isStopped(observation) ? 'Milvus is stopped. Its images are those of' : 'It runs Milvus'} ${versions}: ${observation.topology}, message queue ${observation.messageQueue}, metadata in ${observation.metastore}.`,
    `etcd: ${observation.etcd.endpoints.join(', ') || 'no endpoint found'}, root path ${observation.etcd.rootPath}.`,
    ...aligned([observation.project ? SERVICES_HEAD : HEAD, ...observation.components.map(componentCells)]),
  ];
}

function logInstallation({ release, project }: Observation): string[] {
  if (project) return logProject(project);
  return release ? logRelease(release) : ['No release was found.'];
}

function logProject({ name, directory, files, services, notes }: ProjectObservation): string[] {
  const others = services.filter((each) => each.role === '').map((each) => each.name);
  const lines = [`Project ${name} in ${directory}: ${files.map((each) => each.path).join(', ')}. Left alone: ${others.join(', ') || 'nothing'}.`];
  return notes ? [...lines, `An upgrade ${notes.from} → ${notes.to} was begun by ${notes.run} at ${notes.since}.`] : lines;
}

function logRelease({ name, namespace, latest, deployed, startedBy }: Release): string[] {
  const by = startedBy ? `, begun by ${startedBy}` : '';
  const chart = `chart ${latest.chartName} ${latest.chartVersion}`;
  const lines = [`Release ${name} in ${namespace}: revision ${latest.revision} is ${latest.status}, ${chart}, updated ${latest.updatedAt}${by}.`];
  if (deployed && deployed.revision !== latest.revision)
    lines.push(`The newest revision that Helm finished is ${deployed.revision}, chart ${deployed.chartVersion}.`);
  return lines;
}

const HEAD = ['COMPONENT', 'DEPLOYMENT', 'IMAGE', 'READY', 'UPDATED', 'OLD', 'ENDING', 'RESTARTS', 'STATE'];
const SERVICES_HEAD = HEAD.map((each) => (each === 'DEPLOYMENT' ? 'SERVICE' : each));

function componentCells(each: Component): string[] {
  const settled = isAtZero(each) ? 'stopped' : 'settled';
  const state = isSettled(each) ? settled : each.failure || each.waiting[0]?.reason || (each.paused ? 'paused' : 'in-progress');
  const counts = [each.updated, each.outdated, each.terminating, each.restarts].map(String);
  const image = parseImage(each.templateImage).tag || each.templateImage || each.podImages.join(', ');
  return [each.role, each.deployment || '(removed)', image, `${each.ready}/${each.desired}`, ...counts, state];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map((cell) => shorten(oneLine(cell), 80)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

/** The whole plan. Values of the user are named, never told; pins are defaults of charts. */
export function logPlan(plan: Plan): string[] {
  const { strategy, from, to, image, chart, hops, steps, pins, settings, checks } = plan;
  return [
    `Plan: ${strategy}, Milvus ${formatVersion(from)} → ${formatVersion(to)}`,
    `  image  ${image}`,
    ...(chart ? [`  chart  ${chart.from} → ${chart.to}: ${chart.why}`] : []),
    ...hops.flatMap((hop) => logHop(hop, strategy)),
    ...titled('Steps', steps.flatMap(logStep)),
    ...titled(
      'Kept from the installed chart',
      pins.map(({ path, value, newDefault, why }) => `${path}: ${json(value)}, not ${json(newDefault)}: ${why}`),
    ),
    ...titled(
      `Values that are ${settingsFor(strategy)}`,
      settings.map(({ path, value, why }) => `${path}: ${json(value)}: ${why}`),
    ),
    ...titled('Checks', checks.map(logCheck)),
  ];
}

function logHop({ from, to, pathKind, rollingPossible, why, source, outline }: Hop, strategy: string): string[] {
  const rolling = strategy === 'recreate' ? 'with an interruption' : rollingPossible ? 'can roll' : 'cannot roll';
  return [
    `  way    ${formatVersion(from)} → ${formatVersion(to)}, ${pathKind}, ${rolling}: ${why} (${source})`,
    ...outline.map((each, at) => `    ${at + 1}. ${each}`),
  ];
}

function logStep(step: Step): string[] {
  const names = step.kind === 'helm-upgrade' ? step.values.toJSON().keys : [];
  return [
    `${step.id}, at most ${formatSeconds(step.timeoutSeconds)}${step.kind === 'resume' || step.kind === 'prune' ? `: ${step.why}` : ''}`,
    ...(names.length > 0 ? [`  values laid over those of the release: ${names.join(', ')}`] : []),
  ];
}

function logCheck({ id, state, reason, source }: Check): string {
  return `${state === 'pass' ? 'passed' : state === 'warn' ? 'mind' : 'skipped'}: ${id}: ${reason} (${source})`;
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function json(value: unknown): string {
  return value === undefined ? 'absent' : shorten(JSON.stringify(value), 300);
}

/** Every refusal with its number, reason, way out and source. */
export function logFailedChecks(failedChecks: readonly FailedCheck[]): string[] {
  const head = `${failedChecks.length} ${failedChecks.length === 1 ? 'rule speaks' : 'rules speak'} against it:`;
  return [head, ...failedChecks.flatMap((each, at) => logFailedCheck(each, at + 1))];
}

function logFailedCheck({ code, reason, remedy, source, skippable }: FailedCheck, number: number): string[] {
  const waiver = skippable ? `To go on all the same: skip-checks: ${code}` : 'It cannot be waived.';
  return [`${number}. ${code}: ${reason}`, `   What to do: ${remedy}`, `   Source: ${source}`, `   ${waiver}`];
}
