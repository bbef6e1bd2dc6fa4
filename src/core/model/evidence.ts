// Selects the most relevant lines from pods, events and logs of a failure: the head of the diagnostics, and the index
// of their directory. Pure.
import { oneLine, shorten } from '../lib/escape.js';

/** The saved diagnostics of a failure; `head` has the most relevant lines. */
export interface Evidence {
  readonly directory: string;
  readonly files: readonly string[];
  readonly head: readonly string[];
}

/** The state of one pod that failed. */
export interface PodStory {
  readonly deployment: string;
  readonly pod: string;
  /** One line: phase, reason, restarts, last termination. */
  readonly state: string;
  /** Oldest first. */
  readonly events: readonly string[];
  readonly logs: readonly PodLog[];
}

export interface PodLog {
  readonly container: string;
  /** True for the log of the previous, terminated container. */
  readonly previous: boolean;
  readonly text: string;
}

const MAX_PODS = 4;
const MAX_EVENTS = 2;
const MAX_LOG_LINES = 3;
const MAX_LINE_LENGTH = 300;

const DEADLY = /\b(panic|fatal|segmentation violation|out of memory|oom)\b/i;
const TROUBLE = /\b(error|exception|failed|failure|cannot|refused|denied|timeout|timed out)\b/i;

/**
 * At most about 24 lines: pods of different Deployments first, each with its state, last events and the most relevant
 * lines of its log.
 */
export function pickHead(stories: readonly PodStory[]): string[] {
  const first = new Set(
    stories.filter((story, at) => stories.findIndex((other) => other.deployment === story.deployment) === at),
  );
  const ordered = [...first, ...stories.filter((story) => !first.has(story))];
  const lines = ordered.slice(0, MAX_PODS).flatMap(describePod);
  const more = stories.length - MAX_PODS;
  return [...lines, ...(more > 0 ? [`… and ${more} more pods`] : [])].map((line) => shorten(line, MAX_LINE_LENGTH));
}

function describePod({ pod, state, events, logs }: PodStory): string[] {
  const log =
    logs.find((entry) => entry.previous && entry.text.trim() !== '') ?? logs.find((entry) => entry.text.trim() !== '');
  return [
    `${pod}: ${oneLine(state)}`,
    ...relevantEvents(events).map((event) => `  event: ${event}`),
    ...(log
      ? informativeLines(log.text, MAX_LOG_LINES).map(
          (line) => `  ${log.container}${log.previous ? ', before it restarted' : ''}: ${line}`,
        )
      : []),
  ];
}

/**
 * The last events, without duplicates. Events such as `Error: ErrImagePull` are omitted: another event has the reason,
 * and the state of the pod already has the word.
 */
function relevantEvents(events: readonly string[]): string[] {
  const all = [...new Set(events.map(oneLine))];
  const relevant = all.filter((event) => !/: Error: \w+$/.test(event));
  return (relevant.length > 0 ? relevant : all).slice(-MAX_EVENTS);
}

/** The lines from the last fatal message on; else the last lines with errors; else the last lines. */
export function informativeLines(log: string, most: number): string[] {
  const lines = log.split('\n').filter((line) => line !== '');
  const filled = lines.map(oneLine).filter((line) => line !== '');
  const deadly = filled.findLastIndex((line) => DEADLY.test(line));
  if (deadly >= 0) return filled.slice(deadly, deadly + most);
  const trouble = filled.filter((line) => TROUBLE.test(line));
  return (trouble.length > 0 ? trouble : filled).slice(-most);
}

/** At most `most` items, failing ones before the others; both keep their order. */
export function failingFirst<Each>(all: readonly Each[], isFailing: (item: Each) => boolean, most: number): Each[] {
  return [...all.filter(isFailing), ...all.filter((item) => !isFailing(item))].slice(0, most);
}

export interface EvidenceIndex {
  /** The name of the release or the project. */
  readonly name: string;
  /** Its namespace or directory. */
  readonly location: string;
  readonly takenAt: string;
  readonly head: readonly string[];
  readonly files: readonly EvidenceFile[];
  /** What was requested but not available, each with its reason. */
  readonly missing: readonly string[];
}

export interface EvidenceFile {
  readonly path: string;
  readonly what: string;
}

/** The index page of the diagnostics. */
export function renderIndex({ name, location, takenAt, head, files, missing }: EvidenceIndex): string {
  const fenced = head.map((line) => `    ${line}`);
  return [
    `# Diagnostics: Milvus ${name} in ${location}, ${takenAt}`,
    '',
    'Collected when the upgrade failed, before any further change. Secrets are not included: values with a secret-like name, and every secret that the action',
    'knows, are replaced by `***`. Nevertheless, review the files before you share them.',
    '',
    ...(fenced.length > 0 ? ['## Most relevant lines', '', ...fenced, ''] : []),
    '## Files',
    '',
    ...files.map(({ path, what }) => `- [${path}](${encodeURI(path)}): ${what}`),
    ...(missing.length > 0 ? ['', '## Not available', '', ...missing.map((line) => `- ${oneLine(line)}`)] : []),
    '',
  ].join('\n');
}
