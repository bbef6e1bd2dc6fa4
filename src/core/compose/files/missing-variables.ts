// Finds the unset variables in the image of a service: Compose uses their default or an empty string. Pure.
import { findImage } from './image-setting.js';
import { parseTemplate, type Template } from './interpolation.js';
import { readProject, type Environment, type ProjectFile } from './project.js';

export function missingVariables(files: readonly ProjectFile[], environment: Environment, service: string): string[] {
  const read = readProject(files, environment);
  if (!read.ok) return [];
  const found = findImage(read.project, service);
  const template = 'place' in found ? parseTemplate(found.place.node.source ?? '') : null;
  return [...new Set(namesIn(template ?? []))].filter((name) => (read.project.lookup(name) ?? '') === '');
}

function namesIn(template: Template): string[] {
  return template.flatMap((part) => (part.kind === 'variable' ? [part.name, ...namesIn(part.word)] : []));
}
