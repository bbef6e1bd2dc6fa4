// The journal of a migration of a Helm release: it also contains the revision from which the migration began.
import { parseJsonRecord } from '../lib/json.js';
import { isCount, parseJournal, type Journal } from '../migration/journal.js';
import { formatVersion, parseImage } from '../model/version.js';

export interface RevisionPart {
  /** The revision that was deployed. */
  readonly revision: number;
}

export type HelmJournal = Journal & RevisionPart;

/** Null if there is none, or if any part is unreadable. */
export function parseHelmJournal(text: string | undefined): HelmJournal | null {
  const journal = parseJournal(text);
  const { revision } = parseJsonRecord(text ?? '');
  return journal && isCount(revision) ? { ...journal, revision } : null;
}

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
export function describeJournal({ from, to, image, revision, rootPath, replicas, closed }: HelmJournal): string {
  const counts = Object.entries(replicas).map(([name, count]) => `${name} ${count}`);
  return `${closed ? 'closed' : 'open'} migration ${from} → ${to}, image ${image}, revision ${revision}, root path ${rootPath}, replicas ${counts.join(', ') || 'none'}`;
}
