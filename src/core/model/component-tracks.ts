// The observed states of each Deployment over a run, from its events. Draws no conclusions; report/components.ts does.
import type { Event } from './event.js';
import type { Component } from './component.js';

/** A Deployment at one time; null if an observation no longer contained it. */
export interface Sample {
  readonly at: string;
  readonly component: Component | null;
}

export interface Track {
  readonly role: string;
  /** Empty if only pods without a Deployment were observed. */
  readonly deployment: string;
  /** False for a Deployment that the first observation did not contain. */
  readonly existedAtStart: boolean;
  /** In chronological order; never empty, and the first one has a component. */
  readonly samples: readonly Sample[];
}

type GrowingTrack = Track & { readonly samples: Sample[] };

/** One track for each observed Deployment, in order of appearance. Pods of a removed Deployment continue its track. */
export function followComponents(events: readonly Event[]): readonly Track[] {
  const tracks: GrowingTrack[] = [];
  let observations = 0;
  for (const event of events) {
    if (event.type === 'component-changed')
      addSample(tracks, event.component, { at: event.at, isFirstSnapshot: observations === 0, present: new Set() });
    if (event.type !== 'observed') continue;
    const present = new Set(event.observation.components.map((component) => component.deployment));
    const found = new Set(
      event.observation.components.map((component) =>
        addSample(tracks, component, { at: event.at, isFirstSnapshot: observations === 0, present }),
      ),
    );
    for (const track of tracks.filter((known) => !found.has(known)))
      track.samples.push({ at: event.at, component: null });
    observations += 1;
  }
  return tracks;
}

/** Every component in its last observed state, without those that no longer exist. */
export function newestComponents(events: readonly Event[]): Component[] {
  return followComponents(events)
    .map((track) => track.samples.at(-1)?.component ?? null)
    .filter((component) => component !== null);
}

interface Moment {
  readonly at: string;
  readonly isFirstSnapshot: boolean;
  /** Deployments that exist, as far as known: their pods are not those of a removed Deployment. */
  readonly present: ReadonlySet<string>;
}

function addSample(
  tracks: GrowingTrack[],
  component: Component,
  { at, isFirstSnapshot, present }: Moment,
): GrowingTrack {
  const { role, deployment } = component;
  const known = tracks.find((track) =>
    deployment === '' ? track.role === role && !present.has(track.deployment) : track.deployment === deployment,
  );
  const track = known ?? { role, deployment, existedAtStart: isFirstSnapshot, samples: [] };
  if (!known) tracks.push(track);
  // A removed Deployment is reported with its pods, and once more without them: the sample with pods has more
  // information.
  const isEcho =
    component.templateImage === '' && deployment !== '' && track.samples.at(-1)?.component?.deployment === '';
  if (deployment !== '' && component.templateImage !== '') closeLeaving(track.samples);
  if (!isEcho) track.samples.push({ at, component });
  return track;
}

/**
 * Pods that leave their Deployment before they are stopped are reported like those of a removed Deployment. It exists
 * if it is observed again: the report without pods then ended the leaving, and the Deployment was as observed before.
 */
function closeLeaving(samples: Sample[]): void {
  let before: Component | null = null;
  for (const [index, { at, component }] of samples.entries()) {
    if (component?.deployment !== '') before = component;
    else if (before && component.outdated + component.terminating === 0) samples[index] = { at, component: before };
  }
}
