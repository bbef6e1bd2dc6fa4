// The terms of each platform for log, headline and summary.

export const PLATFORMS = ['helm', 'compose'] as const;
export type PlatformName = (typeof PLATFORMS)[number];

export interface PlatformLabels {
  /** What a Milvus role runs as. */
  readonly part: string;
  readonly parts: string;
  /** The instances of a part. */
  readonly units: string;
  /** What is upgraded. */
  readonly whole: string;
  /** How a plain upgrade is applied. */
  readonly upgrade: string;
  /** The units of change of an upgrade. */
  readonly objects: string;
}

export const PLATFORM_LABELS: Readonly<Record<PlatformName, PlatformLabels>> = {
  helm: {
    part: 'Deployment',
    parts: 'Deployments',
    units: 'pods',
    whole: 'cluster',
    upgrade: 'one helm upgrade',
    objects: 'objects of the release',
  },
  compose: {
    part: 'service',
    parts: 'services',
    units: 'containers',
    whole: 'project',
    upgrade: 'new containers',
    objects: 'files of the project',
  },
};

/** The term as the head of a column. */
export function titleOf(label: string): string {
  return `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}
