// Plans the edits of a Compose project's files that change the images of some services, where they are really set, and nothing else. Pure.
import { findImage } from './image-setting.js';
import { readProject, scalarText, type Environment, type Project, type ProjectFile } from './project.js';
import { reachImage } from './reach.js';
import { mountSettings, settingsOf, type Setting, type Settings } from './settings.js';
import { applySplices, isSameSplice, overlap, type Splice } from './splice.js';
import { lineAt } from './yaml-tree.js';

export type { ProjectFile } from './project.js';
export { diffOf } from './edit-diff.js';

/** One file before and after; `settings` say what sets the image there, such as `services.standalone.image` or `MILVUS_VERSION`. */
export interface FileEdit {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly settings: readonly string[];
}

/** Never both: as long as there is a problem, no file is to be edited. */
export interface ImageEdits {
  readonly edits: readonly FileEdit[];
  readonly problems: readonly string[];
}

export interface EditRequest {
  readonly files: readonly ProjectFile[];
  /** By service: the image reference to reach. */
  readonly images: Readonly<Record<string, string>>;
  /** What the shell sets: goes before env files (docs.docker.com/compose/how-tos/environment-variables/envvars-precedence). */
  readonly environment: Environment;
}

/** What one service asks for; `isThere` when it has its image already, and only keeps others from taking it away. */
type Ask = { readonly service: string; readonly splice: Splice; readonly isThere: boolean } | { readonly problem: string };

/** Letters that mean nothing in YAML, in an .env file and in a template. */
const IMAGE = /^[a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?(?::[\w][\w.-]*)?(?:@[\w.+-]+:[0-9a-fA-F]+)?$/;

/** Plans edits after which each service of the wish has its image, and no other setting of another service differs; otherwise says why not. */
export function planImageEdits(wish: EditRequest): ImageEdits {
  const read = readProject(wish.files, wish.environment);
  if (!read.ok) return { edits: [], problems: read.problems };
  const asks = Object.entries(wish.images).flatMap(([service, image]) => requestFor(read.project, service, image) ?? []);
  const problems = asks.flatMap((request) => ('problem' in request ? [request.problem] : []));
  if (problems.length > 0) return { edits: [], problems: [...new Set(problems)] };

  const desired = asks.filter((request) => 'splice' in request);
  const splices = desired.filter((request) => !request.isThere).map((request) => request.splice);
  const unique = splices.filter((splice, at) => splices.findIndex((each) => isSameSplice(each, splice)) === at);
  const found = firstProblems([
    () => findConflicts(wish, desired),
    () => findTouched(wish, read.project, unique),
    () => findMoved(wish, read.project, unique),
    () => checkResult(wish, unique),
  ]);
  return { edits: found.length > 0 ? [] : editsOf(wish.files, unique), problems: found };
}

/** The image of a service as its files say it, with the variables filled in; undefined where nothing says it. */
export function readImages({ files, environment }: Pick<EditRequest, 'files' | 'environment'>, services: readonly string[]): ReadonlyMap<string, string> {
  const read = readProject(files, environment);
  if (!read.ok) return new Map();
  return new Map(
    services.flatMap((service): [string, string][] => {
      const found = findImage(read.project, service);
      const text = 'place' in found ? scalarText(read.project, found.place.file, found.place.node) : undefined;
      return text === undefined ? [] : [[service, text]];
    }),
  );
}

function firstProblems(checks: readonly (() => readonly string[])[]): readonly string[] {
  for (const check of checks) {
    const problems = check();
    if (problems.length > 0) return [...new Set(problems)];
  }
  return [];
}

function requestFor(project: Project, service: string, image: string): Ask | null {
  if (!IMAGE.test(image)) return { problem: `the image wanted for ${service} is no reference to one; write for example milvusdb/milvus:v2.2.16` };
  const found = findImage(project, service);
  if ('problem' in found) return found;
  const isThere = scalarText(project, found.place.file, found.place.node) === image;
  const reached = reachImage(project, found.place, image);
  if ('splice' in reached) return { service, splice: reached.splice, isThere };
  return isThere ? null : reached;
}

function findConflicts(wish: EditRequest, asks: readonly Exclude<Ask, { readonly problem: string }>[]): string[] {
  const [clash] = asks.flatMap((one, at) =>
    asks.slice(at + 1).flatMap((other) => (overlap(one.splice, other.splice) && !isSameSplice(one.splice, other.splice) ? [{ one, other }] : [])),
  );
  if (!clash) return [];
  const { one, other } = clash;
  const images = `${one.service} wants ${wish.images[one.service]} and ${other.service} wants ${wish.images[other.service]}`;
  return [`${whereOf(wish, one.splice)}: ${one.splice.setting} sets both, but ${images}; give each an image or a variable of its own`];
}

function whereOf({ files }: EditRequest, { path, start }: Splice): string {
  return `${path}, line ${lineAt(files.find((file) => file.path === path)?.text ?? '', start)}`;
}

/** What a change would do to services that are not in the wish; each change is looked at alone, so that the right one is named. */
function findTouched(wish: EditRequest, project: Project, splices: readonly Splice[]): string[] {
  const before = settingsOf(project);
  return splices.flatMap((splice) => {
    const after = readProject(applySplices(wish.files, [splice]), wish.environment);
    const touched = after.ok ? changedSettings(before, settingsOf(after.project)).filter(({ service }) => !isRequested(wish, service)) : [];
    const named = touched.map(({ name, where }) => `${name} (${where})`).join(', ');
    if (touched.length === 0) return [];
    return [
      `${whereOf(wish, splice)}: ${splice.setting} sets the image, but also ${named}; upgrade these as well, or give the image a text or a variable of its own`,
    ];
  });
}

/** The version in the path of a folder or in the name of a volume: with another one Milvus starts without its data. */
function findMoved(wish: EditRequest, project: Project, splices: readonly Splice[]): string[] {
  const before = mountSettings(project);
  return splices.flatMap((splice) => {
    const after = readProject(applySplices(wish.files, [splice]), wish.environment);
    const moved = after.ok ? changedSettings(before, mountSettings(after.project)) : [];
    const named = moved.map(({ name, where }) => `${name} (${where})`).join(', ');
    if (moved.length === 0) return [];
    return [
      `${whereOf(wish, splice)}: ${splice.setting} sets the image, but also what is mounted: ${named}; a new container would start with other data: write the present value there as plain text, or give the image a variable of its own`,
    ];
  });
}

function isRequested({ images }: EditRequest, service: string | undefined): boolean {
  return service !== undefined && Object.hasOwn(images, service);
}

function changedSettings(before: Settings, after: Settings): Setting[] {
  return [...before].flatMap(([key, setting]) => (after.get(key)?.value === setting.value ? [] : [setting]));
}

/** Reads the edited files anew, as Compose will: whatever was planned, this is what counts. */
function checkResult(wish: EditRequest, splices: readonly Splice[]): string[] {
  const after = readProject(applySplices(wish.files, splices), wish.environment);
  if (!after.ok) return [...after.problems];
  return Object.entries(wish.images).flatMap(([service, image]) => {
    const found = findImage(after.project, service);
    const result = 'place' in found ? scalarText(after.project, found.place.file, found.place.node) : undefined;
    if (result === image) return [];
    const places = splices.map((splice) => `${splice.setting} (${whereOf(wish, splice)})`).join(', ');
    return [`the image of ${service} could not be changed alone: with ${places} changed it would still not be ${image}; write it as plain text at the service`];
  });
}

function editsOf(files: readonly ProjectFile[], splices: readonly Splice[]): FileEdit[] {
  const after = applySplices(files, splices);
  return files.flatMap(({ path, text }, at) => {
    const there = splices.filter((splice) => splice.path === path).toSorted((one, other) => one.start - other.start);
    if (there.length === 0) return [];
    return [{ path, before: text, after: after[at]?.text ?? text, settings: [...new Set(there.map((splice) => splice.setting))] }];
  });
}
