// The log: what each event says to somebody who watches the run. Plain lines with a kind; how a CI system wants them written is not known here.
import { causeKey, rankCauses, type Cause } from './causes.js';
import { formatSeconds } from './duration.js';
import { endSentence, ERROR_CODES } from './errors.js';
import { oneLine, shorten } from './escape.js';
import type { Phase, Event, EventType } from './events.js';
import { renderHeadline } from './headline.js';
import { logChanges, logChecks } from './log-checks.js';
import { logObservation, logPlan, logFailedChecks } from './log-tables.js';
import { describeComponent, isAtZero, isSettled, type Component } from './component.js';
import { describeJob, nameJob } from './migration/told.js';
import { PLATFORM_LABELS } from './nouns.js';
import type { Report } from './report.js';
import type { ComponentRow } from './report-components.js';
import type { Step } from './steps.js';
import { parseImage } from './version.js';

/** One line to print. `end-group` closes the open group, and does nothing where none is open; `title` belongs to annotations. */
export interface LogLine {
  readonly kind: 'group' | 'end-group' | 'text' | 'notice' | 'warning' | 'error';
  readonly text: string;
  readonly title?: string;
}

/** Ten error annotations a step are shown (actions/toolkit, docs/problem-matchers.md "limitations"), and the failure itself is one. */
const MOST_ANNOTATIONS = 9;
const LONGEST_LINE = 4000;

type Renderers = { readonly [Type in EventType]: (event: Extract<Event, { type: Type }>) => readonly LogLine[] };

/** The lines of one event, in order; some events say nothing. */
export function renderLog(event: Event): readonly LogLine[] {
  return (renderers[event.type] as (event: Event) => readonly LogLine[])(event).map(redact);
}

const renderers: Renderers = {
  'phase-started': ({ phase }) => [END_GROUP, CHAPTERS[phase]],
  observed: ({ observation }) => logObservation(observation).map(text),
  noted: ({ message }) => [text(message)],
  'release-unlocked': ({ message }) => [text(message)],
  warned: ({ message }) => [{ kind: 'warning', text: message }],
  'command-ran': ({ command, exitCode, seconds }) => [text(`$ ${command.join(' ')}`), text(`  exit code ${exitCode} after ${formatSeconds(seconds)}`)],
  'plan-created': ({ plan }) => logPlan(plan).map(text),
  'plan-refused': ({ plan, failedChecks }) => [...(plan ? logPlan(plan) : []), ...logFailedChecks(failedChecks)].map(text),
  'step-started': ({ step }) => [text(`▶ ${step.id}: ${STEPS[step.kind]}, for at most ${formatSeconds(step.timeoutSeconds)}`)],
  'step-skipped': ({ step }) => [text(`✓ ${step.id}: is so already`)],
  'step-applied': ({ step }) => [text(`  ${step.id}: asking for it now`)],
  'step-waiting': ({ waitingFor, sinceSeconds }) => [text(`  waiting for ${waitingFor}, since ${formatSeconds(sinceSeconds)}`)],
  'step-deferred': ({ step, reason }) => [text(`  ${step.id}: ${reason}. The next one is released first`)],
  'step-completed': ({ step, tookSeconds }) => [text(`✓ ${step.id}: done after ${formatSeconds(tookSeconds)}`)],
  checked: ({ checks, changes }) => [...logChecks(checks), ...logChanges(changes)].map(text),
  'cause-found': ({ cause }) => [text(`  ${cause.certain ? '✗' : '?'} ${causeKey(cause).trim()}: ${endSentence(cause.evidence)} ${cause.hint}`)],
  'evidence-saved': ({ directory, files, head }) => [`Evidence saved: ${files.length} files in ${directory}`, ...head.map((line) => `  ${line}`)].map(text),
  'rollback-started': ({ plan, reason }) => [`↩ Going back, since ${reason.what}: ${reason.why}`, ...logPlan(plan)].map(text),
  'component-changed': ({ component }) => [text(`  ${logComponent(component)}`)],
  'job-changed': ({ job }) =>
    [`  migration tool (${nameJob(job)}): ${describeJob(job)}`, ...(job.state === 'running' || job.backup ? [] : job.log.map((line) => `    ${line}`))].map(
      text,
    ),
  'backup-copied': ({ path }) => [text(`  the backup is also on this machine: ${path}`)],
  failed: ({ problem }) => [
    END_GROUP,
    {
      kind: 'error',
      title: problem.what,
      text: `${endSentence(problem.why)} ${endSentence(problem.remedy)} (${problem.code}, for ${ERROR_CODES[problem.code]})`,
    },
  ],
  ended: ({ outcome }) => [END_GROUP, text(`The run ended: ${outcome}`)],
};

const END_GROUP: LogLine = { kind: 'end-group', text: '' };

/** The result stands open: nobody should have to click to see how it ended. */
const CHAPTERS: Readonly<Record<Phase, LogLine>> = {
  inputs: { kind: 'group', text: 'Reading the inputs' },
  observe: { kind: 'group', text: 'Looking at what runs' },
  plan: { kind: 'group', text: 'Planning the upgrade' },
  run: { kind: 'group', text: 'Upgrading' },
  result: { kind: 'text', text: 'Result' },
};

const STEPS: Readonly<Record<Step['kind'], string>> = {
  'helm-upgrade': 'one helm upgrade',
  'helm-rollback': 'one helm rollback',
  'wait-ready': 'waits until every Deployment runs the target and no old pod is left',
  pause: 'pauses every Deployment, so that none moves yet; the old pods serve on',
  resume: 'lets new pods come',
  drain: 'lets the old pods go',
  prune: 'takes away what the new version no longer has',
  'restore-settings': 'sets everything back that was changed for the roll',
  prepare: 'writes down how everything is, and makes a place for the backup; Milvus serves',
  'scale-down': 'stops all of Milvus, until nothing of it runs and no session in etcd is left',
  backup: 'backs the metadata up, and reads the backup through',
  migrate: 'migrates the metadata',
  restore: 'puts the metadata of the backup back',
  'scale-up': 'lets every Deployment have as many pods as it had',
  finalize: 'writes down that it has come to its end',
  'edit-files': 'writes the files of the project',
  recreate: 'stops the containers of other images, and starts new ones',
  'wait-healthy': 'waits until every container is well and Milvus answers',
};

function logComponent(component: Component): string {
  const { version, tag } = parseImage(component.templateImage);
  const image = version ? tag : component.templateImage;
  if (component.templateImage === '') return `${component.role}: removed, pods that still end: ${component.terminating}`;
  return `${describeComponent(component)}${image ? ` (${image})` : ''}${isSettled(component) && !isAtZero(component) ? ' ✓' : ''}`;
}

/** What closes the log: the headline, and an error for each Deployment that did not come through, as many as are shown. */
export function renderAnnotations(report: Report): readonly LogLine[] {
  const failed = report.components.filter(({ result }) => result === 'failed' || (result === 'waiting' && report.outcome === 'failed'));
  const shown = failed.length > MOST_ANNOTATIONS ? failed.slice(0, MOST_ANNOTATIONS - 1) : failed;
  const missing = failed.length - shown.length;
  const { parts, units } = PLATFORM_LABELS[report.platform];
  const more: readonly LogLine[] =
    missing > 0 ? [{ kind: 'error', title: `${missing} more ${parts} are not ready`, text: 'The job summary has them all.' }] : [];
  return [text(renderHeadline(report)), ...shown.map((each) => annotate(each, report.causes, units)), ...more].map(redact);
}

function annotate({ deployment, role, result, cause, ready, desired }: ComponentRow, causes: readonly Cause[], units: string): LogLine {
  const [found] = rankCauses(causes.filter((each) => each.deployment === deployment));
  const state = result === 'failed' ? 'failed' : 'is not settled';
  const title = `${found ? `${found.code}: ` : ''}${deployment || role} ${state}: ${ready} of ${desired} ${units} ready`;
  return { kind: 'error', title, text: found ? `${endSentence(found.evidence)} ${found.hint}` : cause };
}

function text(line: string): LogLine {
  return { kind: 'text', text: line };
}

function redact({ kind, text: raw, title }: LogLine): LogLine {
  const indent = /^ */.exec(raw)?.[0] ?? '';
  const line = { kind, text: `${indent}${shorten(oneLine(raw), LONGEST_LINE)}` };
  return title === undefined ? line : { ...line, title: shorten(oneLine(title), 200) };
}
