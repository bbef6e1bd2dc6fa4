// What a run was requested for, from its inputs, valid or not: the report needs it also if they cannot be parsed.
import { PLATFORMS, type PlatformName } from './config.js';
import type { RawInputs } from './raw-inputs.js';

export interface Subject {
  readonly platform: PlatformName;
  /** The requested release or project; empty if it is not requested by name. */
  readonly release: string;
  readonly namespace: string;
}

const SUBJECTS: { readonly [P in PlatformName]: (raw: RawInputs) => Omit<Subject, 'platform'> } = {
  helm: ({ release, namespace }) => ({ release, namespace }),
  compose: (raw) => ({ release: raw['project-name'], namespace: '' }),
};

/** An unknown platform counts as the default one. */
export function subjectOf(raw: RawInputs): Subject {
  const platform = PLATFORMS.find((name) => name === raw.platform) ?? 'helm';
  return { platform, ...SUBJECTS[platform](raw) };
}
