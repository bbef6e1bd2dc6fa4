// Plans the edits to the files of a Compose project that change the images of some services, at the place where each
// image is set, and nothing else. Pure.
import type { EditRequest, PlannedSplice } from './edit-request.js';
import { findConflicts, findTouched, findMoved, whereOf } from './edit-side-effects.js';
import { findImage } from './image-setting.js';
import { scalarText, type Project, type ProjectFile } from './project.js';
import { readProject } from './read-project.js';
import { reachImage } from './reach.js';
import { applySplices, isSameSplice, type Splice } from './splice.js';

/**
 * One file before and after. `settings` are the names of the settings that change, such as `services.standalone.image`
 * or `MILVUS_VERSION`.
 */
export interface FileEdit {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly settings: readonly string[];
}

/** Either edits or problems, never both: no file is edited if there is a problem. */
export interface ImageEdits {
  readonly edits: readonly FileEdit[];
  readonly problems: readonly string[];
}

/** Only characters without a special meaning in YAML, .env files and templates. */
const IMAGE = /^[a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?(?::[\w][\w.-]*)?(?:@[\w.+-]+:[0-9a-fA-F]+)?$/;

/**
 * Plans edits after which each service in `images` has its image and no setting of another service differs; otherwise
 * returns the problems.
 */
export function planImageEdits(target: EditRequest): ImageEdits {
  const read = readProject(target.files, target.environment);
  if (!read.ok) return { edits: [], problems: read.problems };
  const planned = Object.entries(target.images).flatMap(
    ([service, image]) => requestFor(read.project, service, image) ?? [],
  );
  const problems = planned.flatMap((request) => ('problem' in request ? [request.problem] : []));
  if (problems.length > 0) return { edits: [], problems: [...new Set(problems)] };

  const desired = planned.filter((request) => 'splice' in request);
  const splices = desired.filter((request) => !request.isThere).map((request) => request.splice);
  const unique = splices.filter((splice, at) => splices.findIndex((other) => isSameSplice(other, splice)) === at);
  const found = firstProblems([
    () => findConflicts(target, desired),
    () => findTouched(target, read.project, unique),
    () => findMoved(target, read.project, unique),
    () => checkResult(target, unique),
  ]);
  return { edits: found.length > 0 ? [] : editsOf(target.files, unique), problems: found };
}

/** The image of each service in the files, with variables interpolated. Services without an image are left out. */
export function readImages(
  { files, environment }: Pick<EditRequest, 'files' | 'environment'>,
  services: readonly string[],
): ReadonlyMap<string, string> {
  const read = readProject(files, environment);
  if (!read.ok) return new Map();
  return new Map(
    services.flatMap((service): [string, string][] => {
      const found = findImage(read.project, service);
      const text = 'place' in found ? scalarText(found.place.file, found.place.node) : undefined;
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

function requestFor(project: Project, service: string, image: string): PlannedSplice | null {
  if (!IMAGE.test(image))
    return {
      problem: `the desired image of ${service} is not a valid image reference; write for example milvusdb/milvus:v2.2.16`,
    };
  const found = findImage(project, service);
  if ('problem' in found) return found;
  const isThere = scalarText(found.place.file, found.place.node) === image;
  const reached = reachImage(project.environment, found.place, image);
  if ('splice' in reached) return { service, splice: reached.splice, isThere };
  return isThere ? null : reached;
}

/** Reads the edited files again, as Compose will, to verify the result of the planned edits. */
function checkResult(target: EditRequest, splices: readonly Splice[]): string[] {
  const after = readProject(applySplices(target.files, splices), target.environment);
  if (!after.ok) return [...after.problems];
  return Object.entries(target.images).flatMap(([service, image]) => {
    const found = findImage(after.project, service);
    const result = 'place' in found ? scalarText(found.place.file, found.place.node) : undefined;
    if (result === image) return [];
    const places = splices.map((splice) => `${splice.setting} (${whereOf(target, splice)})`).join(', ');
    return [
      `the image of ${service} cannot be changed separately: after changing ${places} it would still not be ${image}; write it as plain text at the service`,
    ];
  });
}

function editsOf(files: readonly ProjectFile[], splices: readonly Splice[]): FileEdit[] {
  const after = applySplices(files, splices);
  return files.flatMap(({ path, text }, at) => {
    const there = splices
      .filter((splice) => splice.path === path)
      .toSorted((first, other) => first.start - other.start);
    if (there.length === 0) return [];
    return [
      {
        path,
        before: text,
        after: after[at]?.text ?? text,
        settings: [...new Set(there.map((splice) => splice.setting))],
      },
    ];
  });
}
