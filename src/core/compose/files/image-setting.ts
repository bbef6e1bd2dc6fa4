// Finds the scalar that sets the image of a service: in the last file that sets it, through merge keys, aliases and
// `extends`. Pure.
import { isMap, isScalar, type Node, type Scalar } from 'yaml';
import { pathFrom, tidyPath } from './paths.js';
import { scalarText, serviceIn, type ComposeFile, type Project } from './project.js';
import { includesOf } from './references.js';
import { entryOf, lineOf, pathOf } from './yaml-tree.js';

/** `setting` is the path of keys to the scalar, such as `x-milvus.image`. */
export interface Place {
  readonly file: ComposeFile;
  readonly node: Scalar;
  readonly setting: string;
}

export type Found = { readonly place: Place } | { readonly problem: string };

/** Longer chains of `extends` are treated as cycles. */
const MAX_CHAIN_LENGTH = 20;

/** The place where the image of a service is set, or why it cannot be edited. */
export function findImage(project: Project, service: string): Found {
  let isKnown = false;
  let builtIn: string | null = null;
  for (const file of project.compose.toReversed()) {
    const node = file.services.get(service);
    if (!node) continue;
    isKnown = true;
    if (node.tag === '!reset') break;
    const found = imageWithin(project, file, service, MAX_CHAIN_LENGTH);
    if (found === 'reset') break;
    if (found) return found;
    const build = isMap(node) ? entryOf(file.tree, node, 'build') : undefined;
    if (build) builtIn ??= whereIs(file, build);
    if (node.tag === '!override') break;
  }
  return { problem: notFound(project, service, isKnown, builtIn) };
}

/** `compose.yml, line 3`. */
export function whereIs(file: ComposeFile, node: Node | undefined): string {
  return `${file.path}, line ${lineOf(file.text, node)}`;
}

/**
 * The image in one file, directly or through `extends`: null if it is not set, `reset` if the file removes what earlier
 * files set.
 */
function imageWithin(project: Project, file: ComposeFile, service: string, chain: number): Found | 'reset' | null {
  const table = serviceIn(file, service);
  if (!table) return null;
  const image = entryOf(file.tree, table, 'image');
  if (image?.tag === '!reset') return 'reset';
  if (image && !(isScalar(image) && image.value === null)) {
    if (isScalar(image)) return { place: { file, node: image, setting: pathOf(file.tree, image) } };
    return {
      problem: `${whereIs(file, image)}: the image of ${service} is not a string; write for example "image: milvusdb/milvus:v2.2.16"`,
    };
  }
  const extended = entryOf(file.tree, table, 'extends');
  return extended ? imageOfExtended(project, file, extended, { service, chain }) : null;
}

function imageOfExtended(
  project: Project,
  file: ComposeFile,
  extended: Node,
  by: { readonly service: string; readonly chain: number },
): Found | 'reset' | null {
  const where = whereIs(file, extended);
  if (by.chain === 0)
    return {
      problem: `${where}: ${by.service} extends itself through other services; give the last of them its own image`,
    };
  const { name, path } = readExtends(file, extended);
  const source = path === undefined ? file : project.compose.find((candidate) => tidyPath(candidate.path) === path);
  if (!source)
    return {
      problem: `${where}: ${by.service} extends ${name} of ${path}, which sets its image but cannot be read; only a file on this machine can be edited`,
    };
  if (serviceIn(source, name)) return imageWithin(project, source, name, by.chain - 1);
  return {
    problem: `${where}: ${by.service} extends ${name}, which does not exist in ${source.path}; write the name of one of its services`,
  };
}

function readExtends(file: ComposeFile, extended: Node): { readonly name: string; readonly path?: string } {
  if (!isMap(extended)) return { name: scalarText(file, extended) ?? '' };
  const name = scalarText(file, entryOf(file.tree, extended, 'service')) ?? '';
  const path = scalarText(file, entryOf(file.tree, extended, 'file'));
  return path === undefined ? { name } : { name, path: pathFrom(file, path) };
}

/**
 * The names of services that are defined in one file only and extended by another file: templates that are not run
 * directly.
 */
export function patternServices(project: Project): ReadonlySet<string> {
  const targets = project.compose.flatMap((file) =>
    [...file.services.values()].flatMap((node) => {
      const extended = isMap(node) ? entryOf(file.tree, node, 'extends') : undefined;
      const target = extended ? readExtends(file, extended) : undefined;
      return target?.path !== undefined && target.path !== tidyPath(file.path) ? [target.name] : [];
    }),
  );
  return new Set(targets.filter((name) => project.compose.filter((file) => file.services.has(name)).length === 1));
}

function notFound(project: Project, service: string, isKnown: boolean, builtIn: string | null): string {
  const [include] = missingIncludes(project);
  if (include)
    return `${include.where}: include lists ${include.path}, which may set the image of ${service} but cannot be read; only a file on this machine can be edited`;
  if (builtIn)
    return `${builtIn}: ${service} is built from source and has no image; change its build, or give it an image`;
  const files = project.compose.map((file) => file.path).join(', ');
  if (isKnown)
    return `${service} has no image in ${files}; write one, for example "image: milvusdb/milvus:v2.2.16", or add the file that sets it to compose-files`;
  const names = project.compose.flatMap((file) =>
    [...file.services].map(([name, node]) => `${name} (${whereIs(file, node)})`),
  );
  return `${service} is not a service in ${files || 'any file'}; write one of ${names.join(', ') || 'a file that defines it'}, or add the file that defines it to compose-files`;
}

function missingIncludes(project: Project): { readonly where: string; readonly path: string }[] {
  const given = new Set(project.compose.map((file) => tidyPath(file.path)));
  return project.compose.flatMap((file) =>
    includesOf(file).flatMap(({ node, paths }) =>
      paths.filter((path) => !given.has(path)).map((path) => ({ where: whereIs(file, node), path })),
    ),
  );
}
