// The table that stands below the log on a terminal: each Deployment as it is now. Pure: a fold over the events, and the lines it makes.
import { formatSeconds } from './duration.js';
import { oneLine, shorten } from './escape.js';
import type { Event } from './events.js';
import { isAtZero, isSettled, isStopped, type Component } from './component.js';
import { parseImage } from './version.js';

export interface LiveState {
  /** Shown from the first request on until the result. */
  readonly shown: boolean;
  readonly title: string;
  readonly components: ReadonlyMap<string, Component>;
}

export const NOTHING_LIVE: LiveState = { shown: false, title: '', components: new Map() };

/** The state after one more event. */
export function followLive(state: LiveState, event: Event): LiveState {
  if (event.type === 'observed') return { ...state, components: new Map(event.observation.components.map((each) => [keyOf(each), each])) };
  if (event.type === 'component-changed') return { ...state, components: withComponent(state.components, event.component) };
  if (event.type === 'step-started') return { ...state, shown: true, title: event.step.id };
  if (event.type === 'rollback-started') return { ...state, shown: true, title: 'rolling back' };
  if (event.type === 'phase-started' && event.phase === 'result') return { ...state, shown: false };
  return event.type === 'failed' ? { ...state, shown: false } : state;
}

function withComponent(components: LiveState['components'], component: Component): LiveState['components'] {
  const next = new Map(components);
  // One without pods and without a Deployment is gone.
  if (component.templateImage === '' && component.terminating === 0) next.delete(keyOf(component));
  else next.set(keyOf(component), component);
  return next;
}

function keyOf({ role, deployment }: Component): string {
  return `${role}/${deployment}`;
}

/** How much room there is, in characters, and whether colours are wanted. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colors: boolean;
}

const HEAD = ['COMPONENT', 'IMAGE', 'READY', 'OLD', 'ENDING', 'STATE'];
const COLORS = { settled: 32, moving: 33, failing: 31 } as const;
type Mood = keyof typeof COLORS;

/** The lines of the table, none wider than the screen and never as many as it has; empty while there is nothing to show. */
export function renderLive(state: LiveState, sinceSeconds: number, screen: Screen): string[] {
  if (!state.shown || state.components.size === 0) return [];
  const all = [...state.components.values()];
  const settled = all.filter((each) => isSettled(each) && !isAtZero(each)).length;
  const atZero = all.filter(isAtZero).length;
  const counted = isStopped({ components: all }) ? 'stopped' : `${settled} of ${all.length - atZero} settled`;
  const title = `── ${state.title}, ${counted}, ${formatSeconds(Math.round(sinceSeconds))} `;
  // A line for the title, one for the head, one for what is left out, and one below, where the cursor stands.
  const room = Math.max(1, screen.rows - 4);
  const fitting = all.length > room ? [...all].sort((a, b) => Number(isSettled(a)) - Number(isSettled(b))).slice(0, room) : all;
  const cells = fitting.map(cellsOf);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string => cut(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '), screen);
  const left = all.length - fitting.length;
  return [
    cut(title.padEnd(screen.columns, '─'), screen),
    line(HEAD),
    ...fitting.map((each, at) => painted(line(cells[at] ?? []), moodOf(each), screen)),
    ...(left > 0 ? [cut(`… and ${left} more`, screen)] : []),
  ];
}

function cellsOf(each: Component): string[] {
  const image = parseImage(each.templateImage).tag || each.templateImage || '(removed)';
  return [each.role, shorten(image, 40), `${each.ready}/${each.desired}`, String(each.outdated), String(each.terminating), stateOf(each)].map(oneLine);
}

function stateOf(each: Component): string {
  if (isSettled(each)) return isAtZero(each) ? 'stopped' : 'settled';
  return each.failure || each.waiting[0]?.reason || (each.paused ? 'paused' : each.outdated > 0 ? 'replacing' : each.terminating > 0 ? 'ending' : 'starting');
}

/** ContainerCreating and PodInitializing are the way to every pod, the other reasons are trouble. */
function moodOf(each: Component): Mood {
  if (isSettled(each)) return 'settled';
  const trouble = each.waiting.some(({ reason }) => !['ContainerCreating', 'PodInitializing'].includes(reason));
  return each.failure !== '' || each.paused || trouble ? 'failing' : 'moving';
}

/** One column stays free: some terminals begin a new line in the last. */
function cut(text: string, { columns }: Screen): string {
  return text.trimEnd().slice(0, Math.max(0, columns - 1));
}

function painted(text: string, mood: Mood, { colors }: Screen): string {
  return colors ? `\u001b[${COLORS[mood]}m${text}\u001b[0m` : text;
}
