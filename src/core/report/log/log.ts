// The log: the lines that each event prints while the run is in progress. Plain lines with a kind; the format of a CI
// system is not known here.
import { causeKey, rankCauses, type Cause } from '../../model/cause.js';
import { formatSeconds } from '../../lib/duration.js';
import { endSentence, ERROR_CODES } from '../../model/error.js';
import { oneLine, shorten } from '../../lib/escape.js';
import type { Phase, Event, EventType } from '../../model/event.js';
import { renderHeadline } from '../headline.js';
import { logChanges, logChecks } from './checks.js';
import { logData } from './data.js';
import { logQueries, logWrite } from './write-probe.js';
import { logCompleted, logPath, titleOf } from './hops.js';
import { logObservation, logPlan, logFailedChecks } from './tables.js';
import { describeComponent, isAtZero, isSettled, type Component } from '../../model/component.js';
import { describeJob, nameJob } from '../../migration/job-changes.js';
import { PLATFORM_LABELS } from '../../platforms/registry.js';
import type { Report } from '../report.js';
import type { ComponentRow } from '../components.js';
import type { Step } from '../../model/step.js';
import { parseImage } from '../../model/version.js';

/**
 * One line to print. `end-group` closes the open group and does nothing if none is open; `title` is the title of an
 * annotation.
 */
export interface LogLine {
  readonly kind: 'group' | 'end-group' | 'text' | 'notice' | 'warning' | 'error';
  readonly text: string;
  readonly title?: string;
}

/**
 * GitHub shows at most ten error annotations per step (actions/toolkit, docs/problem-matchers.md "limitations"), and
 * the failure itself is one.
 */
const MAX_ANNOTATIONS = 9;
const MAX_LINE_LENGTH = 4000;

type Renderers = { readonly [Type in EventType]: (event: Extract<Event, { type: Type }>) => readonly LogLine[] };

/** The lines of one event, in order; empty for events that print nothing. */
export function renderLog(event: Event): readonly LogLine[] {
  return (renderers[event.type] as (event: Event) => readonly LogLine[])(event).map(redact);
}

const renderers: Renderers = {
  'phase-started': ({ phase }) => [END_GROUP, CHAPTERS[phase]],
  observed: ({ observation }) => logObservation(observation).map(text),
  noted: ({ message }) => [text(message)],
  'release-unlocked': ({ message }) => [text(message)],
  warned: ({ message }) => [{ kind: 'warning', text: message }],
  'command-ran': ({ command, exitCode, seconds }) => [
    text(`$ ${command.join(' ')}`),
    text(`  exit code ${exitCode} after ${formatSeconds(seconds)}`),
  ],
  'plan-created': ({ plan }) => logPlan(plan).map(text),
  'plan-refused': ({ plan, failedChecks }) =>
    [...(plan ? logPlan(plan) : []), ...logFailedChecks(failedChecks)].map(text),
  'path-planned': ({ hops }) => logPath(hops).map(text),
  'hop-started': ({ position }) => [END_GROUP, { kind: 'group', text: titleOf(position) }],
  'hop-completed': ({ position, tookSeconds }) => [text(logCompleted(position, tookSeconds))],
  'step-started': ({ step }) => [
    text(`▶ ${step.id}: ${STEPS[step.kind]} (timeout ${formatSeconds(step.timeoutSeconds)})`),
  ],
  'step-skipped': ({ step }) => [text(`✓ ${step.id}: already complete`)],
  'step-applied': ({ step }) => [text(`  ${step.id}: applying`)],
  'step-waiting': ({ waitingFor, sinceSeconds }) => [
    text(`  waiting for ${waitingFor} (${formatSeconds(sinceSeconds)} so far)`),
  ],
  'step-deferred': ({ step, reason }) => [text(`  ${step.id}: ${reason}. Deferred until the next step has run`)],
  'step-completed': ({ step, tookSeconds }) => [text(`✓ ${step.id}: complete after ${formatSeconds(tookSeconds)}`)],
  checked: ({ checks, changes }) => [...logChecks(checks), ...logChanges(changes)].map(text),
  'cause-found': ({ cause }) => [
    text(`  ${cause.certain ? '✗' : '?'} ${causeKey(cause).trim()}: ${endSentence(cause.evidence)} ${cause.hint}`),
  ],
  'evidence-saved': ({ directory, files, head }) =>
    [`Diagnostics saved: ${files.length} files in ${directory}`, ...head.map((line) => `  ${line}`)].map(text),
  'rollback-started': ({ plan, reason }) =>
    [`↩ Rolling back. ${reason.what}: ${reason.why}`, ...logPlan(plan)].map(text),
  'component-changed': ({ component }) => [text(`  ${logComponent(component)}`)],
  'job-changed': ({ job }) =>
    [
      `  migration tool (${nameJob(job)}): ${describeJob(job)}`,
      ...(job.state === 'running' || job.backup ? [] : job.log.map((line) => `    ${line}`)),
    ].map(text),
  'backup-copied': ({ path }) => [text(`  copied the backup to this machine: ${path}`)],
  'inventory-saved': ({ path }) => [text(`  saved the inventory of the data: ${path}`)],
  'data-compared': ({ data }) => logData(data).map(text),
  'write-probed': ({ write }) => [text(logWrite(write))],
  'queries-counted': ({ queries }) => logQueries(queries).map(text),
  failed: ({ problem }) => [
    END_GROUP,
    {
      kind: 'error',
      title: problem.what,
      text: `${endSentence(problem.why)} ${endSentence(problem.remedy)} (${problem.code}, owner: ${ERROR_CODES[problem.code]})`,
    },
  ],
  ended: ({ outcome }) => [END_GROUP, text(`The run ended: ${outcome}`)],
};

const END_GROUP: LogLine = { kind: 'end-group', text: '' };

/** The result is not in a group, so that it is visible without a click. */
const CHAPTERS: Readonly<Record<Phase, LogLine>> = {
  inputs: { kind: 'group', text: 'Reading the inputs' },
  observe: { kind: 'group', text: 'Observing the installation' },
  plan: { kind: 'group', text: 'Planning the upgrade' },
  run: { kind: 'group', text: 'Upgrading' },
  result: { kind: 'text', text: 'Result' },
};

const STEPS: Readonly<Record<Step['kind'], string>> = {
  'helm-upgrade': 'one helm upgrade',
  'helm-rollback': 'one helm rollback',
  'wait-ready': 'wait until every Deployment runs the target version and no old pod is left',
  pause: 'pause every Deployment; the old pods continue to serve',
  resume: 'resume the Deployment and start new pods',
  drain: 'drain and remove the old pods',
  prune: 'remove components that the new version no longer has',
  'revoke-sessions': 'revoke the etcd sessions of terminated pods',
  'restore-settings': 'restore the settings that were changed for the rolling upgrade',
  prepare: 'record the current state and create the backup volume; Milvus continues to serve',
  'scale-down': 'stop all of Milvus and wait until no pod and no etcd session is left',
  backup: 'back up the metadata and verify the backup',
  migrate: 'migrate the metadata',
  restore: 'restore the metadata from the backup',
  'scale-up': 'scale every Deployment to its previous number of replicas',
  finalize: 'record that the migration is complete',
  'edit-files': 'write the files of the project',
  'data-owner': 'stop Milvus, and change the owner of its data',
  recreate: 'stop the containers with other images and start new ones',
  'wait-healthy': 'wait until every container is healthy and Milvus responds',
};

function logComponent(component: Component): string {
  const { version, tag } = parseImage(component.templateImage);
  const image = version ? tag : component.templateImage;
  if (component.templateImage === '') return `${component.role}: removed, ${component.terminating} terminating`;
  return `${describeComponent(component)}${image ? ` (${image})` : ''}${isSettled(component) && !isAtZero(component) ? ' ✓' : ''}`;
}

/**
 * The last lines of the log: the headline, and an error for each Deployment that failed, up to the limit of
 * annotations.
 */
export function renderAnnotations(report: Report): readonly LogLine[] {
  const failed = report.components.filter(
    ({ result }) => result === 'failed' || (result === 'waiting' && report.outcome === 'failed'),
  );
  const shown = failed.length > MAX_ANNOTATIONS ? failed.slice(0, MAX_ANNOTATIONS - 1) : failed;
  const missing = failed.length - shown.length;
  const { parts, units } = PLATFORM_LABELS[report.platform];
  const more: readonly LogLine[] =
    missing > 0
      ? [{ kind: 'error', title: `${missing} more ${parts} are not ready`, text: 'The job summary lists all of them.' }]
      : [];
  return [text(renderHeadline(report)), ...shown.map((row) => annotate(row, report.causes, units)), ...more].map(
    redact,
  );
}

function annotate(
  { deployment, role, result, cause, ready, desired }: ComponentRow,
  causes: readonly Cause[],
  units: string,
): LogLine {
  const [found] = rankCauses(causes.filter((candidate) => candidate.deployment === deployment));
  const state = result === 'failed' ? 'failed' : 'is not ready';
  const title = `${found ? `${found.code}: ` : ''}${deployment || role} ${state}: ${ready} of ${desired} ${units} ready`;
  return { kind: 'error', title, text: found ? `${endSentence(found.evidence)} ${found.hint}` : cause };
}

function text(line: string): LogLine {
  return { kind: 'text', text: line };
}

function redact({ kind, text: raw, title }: LogLine): LogLine {
  const indent = /^ */.exec(raw)?.[0] ?? '';
  const line = { kind, text: `${indent}${shorten(oneLine(raw), MAX_LINE_LENGTH)}` };
  return title === undefined ? line : { ...line, title: shorten(oneLine(title), 200) };
}
