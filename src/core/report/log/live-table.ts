// The table below the log on a terminal: the current state of each Deployment. Pure: a fold over the events, and its
// rendering.
import { isStarting } from '../../model/pod.js';
import { formatSeconds } from '../../lib/duration.js';
import { oneLine, shorten } from '../../lib/escape.js';
import type { Event } from '../../model/event.js';
import { isAtZero, isSettled, isStopped, type Component } from '../../model/component.js';
import { parseImage } from '../../model/version.js';

export interface LiveState {
  /** Shown from the first step until the result. */
  readonly shown: boolean;
  readonly title: string;
  /** Such as `hop 2 of 5, `; empty in a run of one upgrade. */
  readonly hop: string;
  readonly components: ReadonlyMap<string, Component>;
}

export const NOTHING_LIVE: LiveState = { shown: false, title: '', hop: '', components: new Map() };

/** The state after one more event. */
export function followLive(state: LiveState, event: Event): LiveState {
  if (event.type === 'observed')
    return {
      ...state,
      components: new Map(event.observation.components.map((component) => [keyOf(component), component])),
    };
  if (event.type === 'component-changed')
    return { ...state, components: withComponent(state.components, event.component) };
  if (event.type === 'hop-started') return { ...state, hop: `hop ${event.position.number} of ${event.position.of}, ` };
  if (event.type === 'step-started') return { ...state, shown: true, title: event.step.id };
  if (event.type === 'rollback-started') return { ...state, shown: true, title: 'rolling back' };
  if (event.type === 'phase-started' && event.phase === 'result') return { ...state, shown: false };
  return event.type === 'failed' ? { ...state, shown: false } : state;
}

function withComponent(components: LiveState['components'], component: Component): LiveState['components'] {
  const next = new Map(components);
  // A component without pods and without a Deployment no longer exists.
  if (component.templateImage === '' && component.terminating === 0) next.delete(keyOf(component));
  else next.set(keyOf(component), component);
  return next;
}

function keyOf({ role, deployment }: Component): string {
  return `${role}/${deployment}`;
}

/** The size of the terminal in characters, and whether to use colors. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colors: boolean;
}

const HEAD = ['COMPONENT', 'IMAGE', 'READY', 'OLD', 'TERMINATING', 'STATE'];
const COLORS = { settled: 32, moving: 33, failing: 31 } as const;
type RowState = keyof typeof COLORS;

/** The lines of the table, no wider than the screen and fewer than it has; empty if there is nothing to show. */
export function renderLive(state: LiveState, sinceSeconds: number, screen: Screen): string[] {
  if (!state.shown || state.components.size === 0) return [];
  const all = [...state.components.values()];
  const settled = all.filter((component) => isSettled(component) && !isAtZero(component)).length;
  const atZero = all.filter(isAtZero).length;
  const counted = isStopped({ components: all }) ? 'stopped' : `${settled} of ${all.length - atZero} ready`;
  const title = `── ${state.hop}${state.title}, ${counted}, ${formatSeconds(Math.round(sinceSeconds))} `;
  // One line each for the title, the head, the number of omitted rows, and the cursor below.
  const room = Math.max(1, screen.rows - 4);
  const fitting =
    all.length > room ? [...all].sort((a, b) => Number(isSettled(a)) - Number(isSettled(b))).slice(0, room) : all;
  const cells = fitting.map(cellsOf);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    cut(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '), screen);
  const left = all.length - fitting.length;
  return [
    cut(title.padEnd(screen.columns, '─'), screen),
    line(HEAD),
    ...fitting.map((component, at) => colored(line(cells[at] ?? []), rowStateOf(component), screen)),
    ...(left > 0 ? [cut(`… and ${left} more`, screen)] : []),
  ];
}

function cellsOf(component: Component): string[] {
  const image = parseImage(component.templateImage).tag || component.templateImage || '(removed)';
  return [
    component.role,
    shorten(image, 40),
    `${component.ready}/${component.desired}`,
    String(component.outdated),
    String(component.terminating),
    stateOf(component),
  ].map(oneLine);
}

function stateOf(component: Component): string {
  if (isSettled(component)) return isAtZero(component) ? 'stopped' : 'ready';
  return (
    component.failure ||
    component.waiting[0]?.reason ||
    (component.paused
      ? 'paused'
      : component.outdated > 0
        ? 'replacing'
        : component.terminating > 0
          ? 'terminating'
          : 'starting')
  );
}

function rowStateOf(component: Component): RowState {
  if (isSettled(component)) return 'settled';
  const trouble = !component.waiting.every(isStarting);
  return component.failure !== '' || component.paused || trouble ? 'failing' : 'moving';
}

/** The last column stays empty: some terminals start a new line after it. */
function cut(text: string, { columns }: Screen): string {
  return text.trimEnd().slice(0, Math.max(0, columns - 1));
}

function colored(text: string, rowState: RowState, { colors }: Screen): string {
  return colors ? `\u001b[${COLORS[rowState]}m${text}\u001b[0m` : text;
}
