// Describes an observed release for the log. Pure.
import type { HelmObservation, Release } from './observation.js';

export function describeRelease({ release }: HelmObservation): string[] {
  return release ? describeRevisions(release) : ['No Helm release was found.'];
}

function describeRevisions({ name, namespace, latest, deployed, startedBy }: Release): string[] {
  const by = startedBy ? `, started by ${startedBy}` : '';
  const chart = `chart ${latest.chartName} ${latest.chartVersion}`;
  const lines = [
    `Release ${name} in ${namespace}: revision ${latest.revision} is ${latest.status}, ${chart}, updated ${latest.updatedAt}${by}.`,
  ];
  if (deployed && deployed.revision !== latest.revision)
    lines.push(`The newest completed revision is ${deployed.revision}, chart ${deployed.chartVersion}.`);
  return lines;
}
