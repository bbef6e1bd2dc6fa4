// Finds what the edits of an upgrade change in the services of Milvus besides their images, through a variable or an
// anchor that sets both. Pure. Values may be secret: only the names of settings are returned.
import type { FileEdit } from './image-edits.js';
import type { Environment, ProjectFile } from './project.js';
import { readProject } from './read-project.js';
import { settingsOf } from './settings.js';

export interface EditEffects {
  /** Settings of command and networks, as `services.standalone.command.2 (compose.yml, line 7)`. */
  readonly command: readonly string[];
  readonly networks: readonly string[];
  readonly others: readonly string[];
}

const NO_EFFECTS: EditEffects = { command: [], networks: [], others: [] };

export function effectsOf(
  files: readonly ProjectFile[],
  environment: Environment,
  edits: readonly Pick<FileEdit, 'path' | 'after'>[],
): EditEffects {
  const texts = new Map(edits.map(({ path, after }) => [path, after]));
  const before = readProject(files, environment);
  const after = readProject(
    files.map((file) => ({ ...file, text: texts.get(file.path) ?? file.text })),
    environment,
  );
  if (texts.size === 0 || !before.ok || !after.ok) return NO_EFFECTS;
  const desired = settingsOf(after.project);
  const changed = [...settingsOf(before.project)].flatMap(([key, setting]) => {
    const [, , ...keys] = key.split('\n');
    if (keys[0] === undefined || desired.get(key)?.value === setting.value) return [];
    return [{ kind: kindOf(keys[0]), text: `${setting.name} (${setting.where})` }];
  });
  const ofKind = (kind: keyof EditEffects): string[] =>
    changed.filter((effect) => effect.kind === kind).map(({ text }) => text);
  return { command: ofKind('command'), networks: ofKind('networks'), others: ofKind('others') };
}

/** Keys of a service (docs.docker.com/reference/compose-file/services). */
function kindOf(key: string): keyof EditEffects {
  if (key === 'command' || key === 'entrypoint') return 'command';
  return ['networks', 'network_mode', 'net', 'links', 'hostname'].includes(key) ? 'networks' : 'others';
}
