// Resolves all settings of a Compose project, to find what else a change would affect. Pure. Values may be secret:
// never use them in a message.
import { isMap, isScalar, isSeq } from 'yaml';
import { findImage, patternServices, whereIs } from './image-setting.js';
import { pathFrom, tidyPath } from './paths.js';
import { scalarText, serviceIn, serviceNames, type ComposeFile, type Project } from './project.js';
import { entriesOf, entryOf, follow, followToMap } from './yaml-tree.js';

/** `name` is for messages, `where` is its file and line; `service` is undefined outside the services. */
export interface Setting {
  readonly name: string;
  readonly where: string;
  readonly service: string | undefined;
  readonly value: string;
  /** Only read when the containers of the service are next created; it does not affect which data they open. */
  readonly isForNextUp?: boolean;
}

/** Keys of a service whose values other services may share with the image of Milvus. */
const FOR_NEXT_UP: ReadonlySet<string> = new Set(['environment', 'env_file', 'labels', 'annotations']);

/** By file and path. Of each image only the effective setting is included, not one that a later file replaces. */
export type Settings = ReadonlyMap<string, Setting>;

interface At {
  readonly project: Project;
  readonly file: ComposeFile;
  readonly service: string | undefined;
  readonly keys: readonly string[];
}

/** Deeper maps are treated as cycles. */
const DEEPEST = 40;

export function settingsOf(project: Project): Settings {
  const patterns = patternServices(project);
  const settings = new Map(imageSettings(project, patterns).map((setting) => [setting.name, setting]));
  for (const file of project.compose) {
    for (const [service, node] of file.services)
      if (!patterns.has(service)) collect(settings, { project, file, service, keys: [service] }, node);
    const top = followToMap(file.tree, file.tree.contents);
    const others = top
      ? [...entriesOf(file.tree, top)].filter(
          ([key]) => key !== 'services' && !key.startsWith('x-') && !file.services.has(key),
        )
      : [];
    for (const [key, node] of others) collect(settings, { project, file, service: undefined, keys: [key] }, node);
  }
  return settings;
}

/** Keys of a service that decide which data it opens (docs.docker.com/reference/compose-file/services). */
const MOUNTS = ['volumes', 'volumes_from', 'configs', 'secrets'] as const;

/** The mounts of all services, including those that others extend. */
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

/** The image of every service that is not only a template for others. */
function imageSettings(project: Project, patterns: ReadonlySet<string>): Setting[] {
  return serviceNames(project).flatMap((service) => {
    const found = findImage(project, service);
    if (!('place' in found) || patterns.has(service)) return [];
    const { file, node } = found.place;
    return [
      {
        name: `the image of ${service}`,
        where: whereIs(file, node),
        service,
        value: scalarText(file, node) ?? '',
      },
    ];
  });
}

function collect(settings: Map<string, Setting>, at: At, node: unknown): void {
  const { file, service, keys } = at;
  const found = follow(file.tree, node);
  if (keys.length > DEEPEST || (service !== undefined && keys.length === 2 && keys[1] === 'image')) return;
  if (isMap(found)) {
    for (const [key, below] of entriesOf(file.tree, found)) collect(settings, { ...at, keys: [...keys, key] }, below);
  } else if (isSeq(found)) {
    for (const [index, below] of found.items.entries())
      collect(settings, { ...at, keys: [...keys, String(index)] }, below);
  } else {
    const name = `${service === undefined ? '' : file.prefix}${keys.join('.')}`;
    settings.set(`${file.path}\n${keys.join('\n')}`, {
      name,
      where: whereIs(file, found),
      service,
      value: getString(at, found),
      isForNextUp: isForNextUp(at),
    });
  }
}

function isForNextUp({ service, keys: [, key = ''] }: At): boolean {
  return service !== undefined && FOR_NEXT_UP.has(key);
}

function getString(at: At, node: unknown): string {
  const text = scalarText(at.file, node) ?? '';
  // A name without a value gets it from the variables. The value of an env file is its content.
  if (at.keys[1] === 'environment' && !text.includes('=')) return `${text}=${inheritedValue(at, node, text)}`;
  if (at.keys[1] !== 'env_file') return text;
  const path = pathFrom(at.file, text);
  return `${text}\n${at.project.env.find((envFile) => tidyPath(envFile.path) === path)?.text ?? ''}`;
}

/** The value that `- NAME` or `NAME:` gets from the variables. */
function inheritedValue({ file, keys }: At, node: unknown, text: string): string {
  const isBare = text === '' && isScalar(node) && !node.source;
  return file.scope.lookup((isBare ? keys[2] : text) ?? '') ?? '';
}
