// Picks what tells most out of pods, events and logs of a failure: the head that a person reads first, and the index of the folder. Pure.
import { oneLine, shorten } from './escape.js';

/** What was saved about a failure; `head` is what a person reads first. */
export interface Evidence {
  readonly directory: string;
  readonly files: readonly string[];
  readonly head: readonly string[];
}

/** What is known of one pod that did not come through. */
export interface PodStory {
  readonly deployment: string;
  readonly pod: string;
  /** In one line: phase, reason, restarts, how it last ended. */
  readonly state: string;
  /** Oldest first. */
  readonly events: readonly string[];
  readonly logs: readonly PodLog[];
}

export interface PodLog {
  readonly container: string;
  /** True for the log of the container that ended before the one that runs. */
  readonly previous: boolean;
  readonly text: string;
}

const MOST_PODS = 4;
const MOST_EVENTS = 2;
const MOST_LOG_LINES = 3;
const LONGEST_LINE = 300;

const DEADLY = /\b(panic|fatal|segmentation violation|out of memory|oom)\b/i;
const TROUBLE = /\b(error|exception|failed|failure|cannot|refused|denied|timeout|timed out)\b/i;

/** At most 24 lines or so: pods of different Deployments first, each with its state, last events and the lines of its log that tell most. */
export function pickHead(stories: readonly PodStory[]): string[] {
  const first = new Set(stories.filter((each, at) => stories.findIndex((other) => other.deployment === each.deployment) === at));
  const ordered = [...first, ...stories.filter((each) => !first.has(each))];
  const lines = ordered.slice(0, MOST_PODS).flatMap(tellPod);
  const more = stories.length - MOST_PODS;
  return [...lines, ...(more > 0 ? [`… and ${more} more pods`] : [])].map((line) => shorten(line, LONGEST_LINE));
}

function tellPod({ pod, state, events, logs }: PodStory): string[] {
  const log = logs.find((each) => each.previous && each.text.trim() !== '') ?? logs.find((each) => each.text.trim() !== '');
  return [
    `${pod}: ${oneLine(state)}`,
    ...informativeEvents(events).map((event) => `  event: ${event}`),
    ...(log ? informativeLines(log.text, MOST_LOG_LINES).map((line) => `  ${log.container}${log.previous ? ', before it restarted' : ''}: ${line}`) : []),
  ];
}

/** The last ones, each once. The kubelet says `Error: ErrImagePull` beside the event that tells why; the state of the pod has that word already. */
function informativeEvents(events: readonly string[]): string[] {
  const all = [...new Set(events.map(oneLine))];
  const reportingChanges = all.filter((each) => !/: Error: \w+$/.test(each));
  return (reportingChanges.length > 0 ? reportingChanges : all).slice(-MOST_EVENTS);
}

/** What follows the last deadly word; else the last lines that tell of trouble; else the last lines. */
export function informativeLines(log: string, most: number): string[] {
  const lines = log.split('\n').filter((line) => line !== '');
  const filled = lines.map(oneLine).filter((line) => line !== '');
  const deadly = filled.findLastIndex((line) => DEADLY.test(line));
  if (deadly >= 0) return filled.slice(deadly, deadly + most);
  const trouble = filled.filter((line) => TROUBLE.test(line));
  return (trouble.length > 0 ? trouble : filled).slice(-most);
}

/** The first so many, failing ones before the others; both keep their order. */
export function failingFirst<Each>(all: readonly Each[], isFailing: (each: Each) => boolean, most: number): Each[] {
  return [...all.filter(isFailing), ...all.filter((each) => !isFailing(each))].slice(0, most);
}

export interface EvidenceIndex {
  readonly release: string;
  readonly namespace: string;
  readonly takenAt: string;
  readonly head: readonly string[];
  readonly files: readonly EvidenceFile[];
  /** What was asked for and did not come, each with its reason. */
  readonly missing: readonly string[];
}

export interface EvidenceFile {
  readonly path: string;
  readonly what: string;
}

/** The page that says what is what. */
export function renderIndex({ release, namespace, takenAt, head, files, missing }: EvidenceIndex): string {
  const fenced = head.map((line) => `    ${line}`);
  return [
    `# Evidence: Milvus ${release} in ${namespace}, ${takenAt}`,
    '',
    'Taken when the upgrade failed, before anything was done about it. Secrets are not in it: values with a secret-like name, and every secret that the action',
    'knows, are written as `***`. Read it through all the same before you share it.',
    '',
    ...(fenced.length > 0 ? ['## What tells most', '', ...fenced, ''] : []),
    '## Files',
    '',
    ...files.map(({ path, what }) => `- [${path}](${encodeURI(path)}): ${what}`),
    ...(missing.length > 0 ? ['', '## What could not be had', '', ...missing.map((each) => `- ${oneLine(each)}`)] : []),
    '',
  ].join('\n');
}
