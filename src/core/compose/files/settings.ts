// Everything that a Compose project sets, worked out: to see what else a change would touch. Pure; its values may be secret and go into no text.
import { isMap, isScalar, isSeq } from 'yaml';
import { findImage, patternServices, whereIs } from './image-setting.js';
import { pathFrom, tidyPath } from './paths.js';
import { scalarText, serviceIn, serviceNames, type ComposeFile, type Project } from './project.js';
import { entriesOf, entryOf, follow, followToMap } from './yaml-tree.js';

/** `name` is for people, `where` its file and line; `service` is undefined outside the services. */
export interface Setting {
  readonly name: string;
  readonly where: string;
  readonly service: string | undefined;
  readonly value: string;
}

/** By file and path; only the image that holds counts, not one that a later file replaces. */
export type Settings = ReadonlyMap<string, Setting>;

interface At {
  readonly project: Project;
  readonly file: ComposeFile;
  readonly service: string | undefined;
  readonly keys: readonly string[];
}

/** Deeper tables are circles. */
const DEEPEST = 40;

export function settingsOf(project: Project): Settings {
  const patterns = patternServices(project);
  const settings = new Map(imageSettings(project, patterns).map((each) => [each.name, each]));
  for (const file of project.compose) {
    for (const [service, node] of file.services) if (!patterns.has(service)) collect(settings, { project, file, service, keys: [service] }, node);
    const top = followToMap(file.tree, file.tree.contents);
    const others = top ? [...entriesOf(file.tree, top)].filter(([key]) => key !== 'services' && !key.startsWith('x-') && !file.services.has(key)) : [];
    for (const [key, node] of others) collect(settings, { project, file, service: undefined, keys: [key] }, node);
  }
  return settings;
}

/** Keys of a service that decide which data it opens (docs.docker.com/reference/compose-file/services). */
const MOUNTS = ['volumes', 'volumes_from', 'configs', 'secrets'] as const;

/** What is mounted into any service, also one that others extend. */
export function mountSettings(project: Project): Settings {
  const settings = new Map<string, Setting>();
  for (const file of project.compose) {
    for (const service of file.services.keys()) {
      const table = serviceIn(file, service);
      for (const key of table ? MOUNTS : []) {
        const node = table && entryOf(file.tree, table, key);
        if (node) collect(settings, { project, file, service, keys: [service, key] }, node);
      }
    }
  }
  return settings;
}

/** The image of every service that runs by itself. */
function imageSettings(project: Project, patterns: ReadonlySet<string>): Setting[] {
  return serviceNames(project).flatMap((service) => {
    const found = findImage(project, service);
    if (!('place' in found) || patterns.has(service)) return [];
    const { file, node } = found.place;
    return [{ name: `the image of ${service}`, where: whereIs(file, node), service, value: scalarText(project, file, node) ?? '' }];
  });
}

function collect(settings: Map<string, Setting>, at: At, node: unknown): void {
  const { file, service, keys } = at;
  const found = follow(file.tree, node);
  if (keys.length > DEEPEST || (service !== undefined && keys.length === 2 && keys[1] === 'image')) return;
  if (isMap(found)) {
    for (const [key, below] of entriesOf(file.tree, found)) collect(settings, { ...at, keys: [...keys, key] }, below);
  } else if (isSeq(found)) {
    for (const [index, below] of found.items.entries()) collect(settings, { ...at, keys: [...keys, String(index)] }, below);
  } else {
    const name = `${service === undefined ? '' : file.prefix}${keys.join('.')}`;
    settings.set(`${file.path}\n${keys.join('\n')}`, { name, where: whereIs(file, found), service, value: getString(at, found) });
  }
}

function getString(at: At, node: unknown): string {
  const text = scalarText(at.project, at.file, node) ?? '';
  // A name without a value takes it from the variables; a file is as good as what it holds.
  if (at.keys[1] === 'environment' && !text.includes('=')) return `${text}=${passedOn(at, node, text)}`;
  if (at.keys[1] !== 'env_file') return text;
  const path = pathFrom(at.file.path, text);
  return `${text}\n${at.project.env.find((each) => tidyPath(each.path) === path)?.text ?? ''}`;
}

/** What `- NAME` and `NAME:` take from the variables. */
function passedOn({ project, keys }: At, node: unknown, text: string): string {
  const isBare = text === '' && isScalar(node) && !node.source;
  return project.lookup((isBare ? keys[2] : text) ?? '') ?? '';
}
