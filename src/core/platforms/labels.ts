// The terms of a platform for log, headline and summary.

/** The name of an installation in the report, empty until it is known; the namespace is empty without a cluster. */
export interface InstallationName {
  readonly name: string;
  readonly namespace: string;
}

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
  /** The subject of a sentence about the installation. */
  readonly subject: (installation: InstallationName) => string;
  /** What a stopped part has: of one part, and of several. */
  readonly stopped: { readonly one: string; readonly several: string };
  /** What to expect of a plain upgrade on a path, as part of a sentence. */
  readonly expectation: (rollingPossible: boolean) => string;
  /** When the turn of a part begins, if that differs from the request of the upgrade; otherwise empty. */
  readonly turn: string;
  /** Commands that show why these parts failed. Every name must be safe in a shell. */
  readonly inspect: (installation: InstallationName, parts: readonly string[]) => readonly string[];
}

/** The term as the head of a column. */
export function titleOf(label: string): string {
  return `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}
