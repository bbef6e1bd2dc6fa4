// What a metadata migration writes down before it stops anything, and what is seen of it later. The journal is never a memory of what was done: that is seen
// from the Jobs. It keeps only what nobody could see any more: how the installation was before it was stopped.
import { isRecord, parseJsonRecord } from '../values.js';
import { formatVersion, parseImage } from '../version.js';

/** How the installation was when the migration began. Written once, read by every later run of either operation. */
export interface Journal {
  /** The run that wrote it, as the lock names it, and when; ISO 8601. */
  readonly run: string;
  readonly since: string;
  /** Versions, as `2.1.4`. */
  readonly from: string;
  readonly to: string;
  /** The image that ran, and the Helm revision that was deployed. */
  readonly image: string;
  readonly revision: number;
  readonly rootPath: string;
  /** How many pods each Milvus Deployment asked for, by its name. */
  readonly replicas: Readonly<Record<string, number>>;
  /** True once the new version serves, or the old one again. An open journal is a migration that is half done. */
  readonly closed: boolean;
}

/** The part that a plan knows: who writes it and when is added as it is written. */
export type JournalDraft = Omit<Journal, 'run' | 'since'>;

export function formatJournal(journal: Journal): string {
  return JSON.stringify(journal);
}

/** Null where there is none, or one that cannot be read in every part: half a journal must not be believed. */
export function parseJournal(text: string | undefined): Journal | null {
  const read = parseJsonRecord(text ?? '');
  const { run, since, from, to, image, revision, rootPath, replicas, closed } = read;
  const texts = { run, since, from, to, image, rootPath };
  if (!Object.values(texts).every((each) => typeof each === 'string' && each !== '') || !isCount(revision) || typeof closed !== 'boolean') return null;
  if (!isRecord(replicas) || !Object.values(replicas).every((each) => isCount(each) && each <= MAX_REPLICAS)) return null;
  return { ...(texts as Record<keyof typeof texts, string>), revision, replicas: replicas as Record<string, number>, closed };
}

/** More pods of one Deployment than any Milvus has. */
const MAX_REPLICAS = 1000;

/** Why it cannot be what an installation that served was like; empty where it can. `images` are those of a revision of the release, by Deployment. */
export function whyImplausible({ from, image, replicas }: Journal, images: Readonly<Record<string, string>>): string {
  const version = parseImage(image).version;
  const names = Object.keys(replicas);
  const unknown = names.filter((name) => !(name in images));
  const stopped = names.filter((name) => replicas[name] === 0 && !OPTIONAL.test(name));
  if (version && formatVersion(version) !== from) return `its image ${image} is not ${from}`;
  if (names.length === 0) return 'it names no Deployment';
  if (unknown.length > 0) return `${unknown.join(', ')} is not a Deployment of the release`;
  if (stopped.length > 0) return `without ${stopped.join(', ')} Milvus had not served`;
  return '';
}

/** Index nodes are not needed to serve (a Milvus without them searches, and builds no index). */
const OPTIONAL = /indexnode$/;

/** What it says, in one line, for whoever decides whether it is right. */
export function describeJournal({ from, to, image, revision, rootPath, replicas, closed }: Journal): string {
  const counts = Object.entries(replicas).map(([name, count]) => `${name} ${count}`);
  return `${closed ? 'closed' : 'open'} migration ${from} → ${to}, image ${image}, revision ${revision}, root path ${rootPath}, replicas ${counts.join(', ') || 'of no Deployment'}`;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
