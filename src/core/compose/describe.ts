// Describes an observed project for the log. Pure.
import type { ComposeObservation } from './observation.js';

export function describeProject({ project }: ComposeObservation): string[] {
  const { name, directory, files, services, upgradeState } = project;
  const others = services.filter((service) => service.role === '').map((service) => service.name);
  const lines = [
    `Project ${name} in ${directory}: ${files.map((file) => file.path).join(', ')}. Other services: ${others.join(', ') || 'none'}.`,
  ];
  return upgradeState
    ? [
        ...lines,
        `An upgrade ${upgradeState.from} → ${upgradeState.to} was started by ${upgradeState.run} at ${upgradeState.since}.`,
      ]
    : lines;
}
