// Finds what planned edits would change besides the requested images: images of other services, and mounts. Pure.
import type { EditRequest, PlannedSplice } from './edit-request.js';
import type { Project } from './project.js';
import { readProject } from './read-project.js';
import { settingsOf, mountSettings, type Settings, type Setting } from './settings.js';
import { overlap, isSameSplice, type Splice, applySplices } from './splice.js';
import { lineAt } from './yaml-tree.js';

export function findConflicts(
  target: EditRequest,
  planned: readonly Exclude<PlannedSplice, { readonly problem: string }>[],
): string[] {
  const [clash] = planned.flatMap((first, at) =>
    planned
      .slice(at + 1)
      .flatMap((other) =>
        overlap(first.splice, other.splice) && !isSameSplice(first.splice, other.splice) ? [{ one: first, other }] : [],
      ),
  );
  if (!clash) return [];
  const { one, other } = clash;
  const images = `${one.service} needs ${target.images[one.service]} and ${other.service} needs ${target.images[other.service]}`;
  return [
    `${whereOf(target, one.splice)}: ${one.splice.setting} sets both, but ${images}; give each its own image or variable`,
  ];
}

export function whereOf({ files }: EditRequest, { path, start }: Splice): string {
  return `${path}, line ${lineAt(files.find((file) => file.path === path)?.text ?? '', start)}`;
}

/**
 * Finds changes to services that are not in `images`. Each edit is evaluated separately, so that the message names the
 * right one.
 */
export function findTouched(target: EditRequest, project: Project, splices: readonly Splice[]): string[] {
  const before = settingsOf(project);
  return splices.flatMap((splice) => {
    const after = readProject(applySplices(target.files, [splice]), target.environment);
    const touched = after.ok
      ? changedSettings(before, settingsOf(after.project)).filter(
          ({ service, isForNextUp }) => !isRequested(target, service) && !isForNextUp,
        )
      : [];
    const named = touched.map(({ name, where }) => `${name} (${where})`).join(', ');
    if (touched.length === 0) return [];
    return [
      `${whereOf(target, splice)}: ${splice.setting} sets the image, but also ${named}; upgrade these as well, or set the image with its own text or variable`,
    ];
  });
}

/**
 * Finds mounts that an edit would change, such as a version in the path of a directory or in the name of a volume:
 * Milvus would start without its data.
 */
export function findMoved(target: EditRequest, project: Project, splices: readonly Splice[]): string[] {
  const before = mountSettings(project);
  return splices.flatMap((splice) => {
    const after = readProject(applySplices(target.files, [splice]), target.environment);
    const moved = after.ok ? changedSettings(before, mountSettings(after.project)) : [];
    const named = moved.map(({ name, where }) => `${name} (${where})`).join(', ');
    if (moved.length === 0) return [];
    return [
      `${whereOf(target, splice)}: ${splice.setting} sets the image, but also a mount: ${named}; a new container would start with other data: write the current value there as plain text, or give the image its own variable`,
    ];
  });
}

function isRequested({ images }: EditRequest, service: string | undefined): boolean {
  return service !== undefined && Object.hasOwn(images, service);
}

function changedSettings(before: Settings, after: Settings): Setting[] {
  return [...before].flatMap(([key, setting]) => (after.get(key)?.value === setting.value ? [] : [setting]));
}
