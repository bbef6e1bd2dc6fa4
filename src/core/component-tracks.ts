// Follows each Deployment through the events of a run: when it was seen, and how. Concludes nothing; report-components.ts does.
import type { Event } from './events.js';
import type { Component } from './component.js';

/** A Deployment at one moment; null when a look did not find it any more. */
export interface Sample {
  readonly at: string;
  readonly component: Component | null;
}

export interface Track {
  readonly role: string;
  /** Empty when only pods without a Deployment were ever seen. */
  readonly deployment: string;
  /** False for a Deployment that the first look did not show. */
  readonly thereFromStart: boolean;
  /** In order of time; never empty, and the first one has a component. */
  readonly samples: readonly Sample[];
}

type GrowingTrack = Track & { readonly samples: Sample[] };

/** One track for each Deployment ever seen, in the order in which they came up. Pods whose Deployment is gone go on in its track. */
export function followComponents(events: readonly Event[]): readonly Track[] {
  const tracks: GrowingTrack[] = [];
  let observations = 0;
  for (const event of events) {
    if (event.type === 'component-changed') addSample(tracks, event.component, { at: event.at, isFirstSnapshot: observations === 0, present: new Set() });
    if (event.type !== 'observed') continue;
    const present = new Set(event.observation.components.map((each) => each.deployment));
    const found = new Set(event.observation.components.map((each) => addSample(tracks, each, { at: event.at, isFirstSnapshot: observations === 0, present })));
    for (const track of tracks.filter((each) => !found.has(each))) track.samples.push({ at: event.at, component: null });
    observations += 1;
  }
  return tracks;
}

/** Every component as it was last seen, without those that are gone. */
export function newestComponents(events: readonly Event[]): Component[] {
  return followComponents(events)
    .map((track) => track.samples.at(-1)?.component ?? null)
    .filter((each) => each !== null);
}

interface Moment {
  readonly at: string;
  readonly isFirstSnapshot: boolean;
  /** Deployments that are there, as far as it is known: their pods are none that were left behind. */
  readonly present: ReadonlySet<string>;
}

function addSample(tracks: GrowingTrack[], component: Component, { at, isFirstSnapshot, present }: Moment): GrowingTrack {
  const { role, deployment } = component;
  const known = tracks.find((each) => (deployment === '' ? each.role === role && !present.has(each.deployment) : each.deployment === deployment));
  const track = known ?? { role, deployment, thereFromStart: isFirstSnapshot, samples: [] };
  if (!known) tracks.push(track);
  // A Deployment that went is told with its pods, and once more without them: the pods tell more.
  const isEcho = component.templateImage === '' && deployment !== '' && track.samples.at(-1)?.component?.deployment === '';
  if (!isEcho) track.samples.push({ at, component });
  return track;
}
