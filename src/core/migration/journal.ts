// The journal that a metadata migration writes before it stops Milvus. It does not record progress, which is observed
// from the Jobs. It contains only what can no longer be observed: the state of the installation before it was stopped.
import { isRecord, parseJsonRecord } from '../lib/json.js';

/**
 * The state of the installation when the migration began. Written once, read by every later run of either operation.
 * The journal of a platform may have more fields: they are the type parameter `Part` of the functions of a migration.
 */
export interface Journal {
  /** The run that wrote it, in the format of the lock, and when; ISO 8601. */
  readonly run: string;
  readonly since: string;
  /** Versions, as `2.1.4`. */
  readonly from: string;
  readonly to: string;
  /** The image that ran. */
  readonly image: string;
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

/**
 * Null if there is none, or if any part is unreadable: an incomplete journal must not be trusted. Fields of a platform
 * are left out, such as the `revision: 0` that earlier versions of this action wrote for a project.
 */
export function parseJournal(text: string | undefined): Journal | null {
  const { run, since, from, to, image, rootPath, replicas, closed } = parseJsonRecord(text ?? '');
  const texts = { run, since, from, to, image, rootPath };
  if (
    !Object.values(texts).every((text) => typeof text === 'string' && text !== '') ||
    typeof closed !== 'boolean' ||
    !isRecord(replicas) ||
    !Object.values(replicas).every((count) => isCount(count) && count <= MAX_REPLICAS)
  )
    return null;
  return {
    ...(texts as Record<keyof typeof texts, string>),
    replicas: replicas as Record<string, number>,
    closed,
  };
}

/** More pods of one Deployment than any Milvus has. */
const MAX_REPLICAS = 1000;

export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
