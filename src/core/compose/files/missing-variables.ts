// Finds the unset variables in the image of a service: Compose uses their default or an empty string. Pure.
import { findImage } from './image-setting.js';
import { parseTemplate, type Template } from './interpolation.js';
import type { Environment, ProjectFile } from './project.js';
import { readProject } from './read-project.js';

export function missingVariables(files: readonly ProjectFile[], environment: Environment, service: string): string[] {
  const read = readProject(files, environment);
  if (!read.ok) return [];
  const found = findImage(read.project, service);
  if (!('place' in found)) return [];
  const { file, node } = found.place;
  const names = namesIn(parseTemplate(node.source ?? '') ?? []);
  return [...new Set(names)].filter((name) => (file.scope.lookup(name) ?? '') === '');
}

function namesIn(template: Template): string[] {
  return template.flatMap((part) => (part.kind === 'variable' ? [part.name, ...namesIn(part.word)] : []));
}
