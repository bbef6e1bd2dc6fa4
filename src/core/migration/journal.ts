// The journal that a metadata migration writes before it stops Milvus. It does not record progress, which is observed
// from the Jobs. It contains only what can no longer be observed: the state of the installation before it was stopped.
import { isRecord, parseJsonRecord } from '../lib/json.js';
import { formatVersion, parseImage } from '../model/version.js';

/**
 * The state of the installation when the migration began. Written once, read by every later run of either operation.
 */
export interface Journal {
  /** The run that wrote it, in the format of the lock, and when; ISO 8601. */
  readonly run: string;
  readonly since: string;
  /** Versions, as `2.1.4`. */
  readonly from: string;
  readonly to: string;
  /** The image that ran, and the Helm revision that was deployed. */
  readonly image: string;
  readonly revision: number;
  readonly rootPath: string;
  /** The replicas of each Milvus Deployment, by name. */
  readonly replicas: Readonly<Record<string, number>>;
  /**
   * True once the new version serves, or the old version serves again. An open journal means that a migration is
   * incomplete.
   */
  readonly closed: boolean;
}

/** The part that a plan contains; the run and the time are added when it is written. */
export type JournalDraft = Omit<Journal, 'run' | 'since'>;

export function formatJournal(journal: Journal): string {
  return JSON.stringify(journal);
}

/** Null if there is none, or if any part is unreadable: an incomplete journal must not be trusted. */
export function parseJournal(text: string | undefined): Journal | null {
  const read = parseJsonRecord(text ?? '');
  const { run, since, from, to, image, revision, rootPath, replicas, closed } = read;
  const texts = { run, since, from, to, image, rootPath };
  if (
    !Object.values(texts).every((text) => typeof text === 'string' && text !== '') ||
    !isCount(revision) ||
    typeof closed !== 'boolean'
  )
    return null;
  if (!isRecord(replicas) || !Object.values(replicas).every((count) => isCount(count) && count <= MAX_REPLICAS))
    return null;
  return {
    ...(texts as Record<keyof typeof texts, string>),
    revision,
    replicas: replicas as Record<string, number>,
    closed,
  };
}

/** More pods of one Deployment than any Milvus has. */
const MAX_REPLICAS = 1000;

/**
 * Why it cannot describe an installation that served; empty if it can. `images` contains the images of a revision of
 * the release, by Deployment.
 */
export function whyImplausible({ from, image, replicas }: Journal, images: Readonly<Record<string, string>>): string {
  const version = parseImage(image).version;
  const names = Object.keys(replicas);
  const unknown = names.filter((name) => !(name in images));
  const stopped = names.filter((name) => replicas[name] === 0 && !OPTIONAL.test(name));
  if (version && formatVersion(version) !== from) return `its image ${image} is not ${from}`;
  if (names.length === 0) return 'it names no Deployment';
  if (unknown.length > 0) return `${unknown.join(', ')} is not a Deployment of the release`;
  if (stopped.length > 0) return `it has 0 replicas for ${stopped.join(', ')}, without which Milvus cannot serve`;
  return '';
}

/** Index nodes are not needed to serve (a Milvus without them searches, and builds no index). */
const OPTIONAL = /indexnode$/;

/** Its content in one line, for the user who decides whether it is correct. */
export function describeJournal({ from, to, image, revision, rootPath, replicas, closed }: Journal): string {
  const counts = Object.entries(replicas).map(([name, count]) => `${name} ${count}`);
  return `${closed ? 'closed' : 'open'} migration ${from} → ${to}, image ${image}, revision ${revision}, root path ${rootPath}, replicas ${counts.join(', ') || 'none'}`;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
