// What a metadata migration writes down before it stops anything, and what is seen of it later. The journal is never a memory of what was done: that is seen
// from the Jobs. It keeps only what nobody could see any more: how the installation was before it was stopped.
import { isTable, parseTable } from '../values.js';

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
  const read = parseTable(text ?? '');
  const { run, since, from, to, image, revision, rootPath, replicas, closed } = read;
  const texts = { run, since, from, to, image, rootPath };
  if (!Object.values(texts).every((each) => typeof each === 'string' && each !== '') || !isCount(revision) || typeof closed !== 'boolean') return null;
  if (!isTable(replicas) || !Object.values(replicas).every(isCount)) return null;
  return { ...(texts as Record<keyof typeof texts, string>), revision, replicas: replicas as Record<string, number>, closed };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
