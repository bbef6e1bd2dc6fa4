// Generates docs/verification/compose-files.md: what an upgrade changes in typical Compose projects.
import { planImageEdits } from '../../../../../src/core/compose/files/image-edits.js';
import { diffOf } from '../../../../../src/core/compose/files/edit-diff.js';
import { EQUAL, type ComposeReading } from '../../../../lab/compose-readings.js';
import type { RealWorldProject } from './real-world-project.js';

const HEAD = `# What an upgrade changes in Compose files

<!-- Generated from test/unit/core/compose/files/real-world-files.ts; update it with UPDATE_GOLDEN=1 and the test next to it. -->

Only the text that sets the image of a service is edited, at the place where it is set: in the image, in a default, in an \`.env\` file, behind an anchor, in the last file that sets it.
Comments, quotes, line ends and everything else are not changed, byte for byte. If the same text also sets something else, nothing is edited, and the message names what it sets.

The columns of the table are versions of Docker Compose. ✓: before and after the edit, \`docker-compose config\` has the images that were read here, and the edit changes nothing in its output but the desired images and what the plan reports
(a label or a variable of the service that uses the same text). –: this version cannot read the project, or reads another image, and the upgrade is refused before any change; the message is below the project. Measured by test/lab/compose-config.test.ts.
`;

/** The complete page; values that may be secret are `***`. */
export function renderComposeFiles(projects: readonly RealWorldProject[], readings: readonly ComposeReading[]): string {
  const versions = [...new Set(readings.flatMap((reading) => Object.keys(reading.versions)))].sort(
    (one, other) => Number(one) - Number(other),
  );
  const rows = projects.map(({ title, files, settings }, at) => {
    const paths = files.map(({ path }) => code(path)).join(', ');
    const found = readings.find((reading) => reading.title === title)?.versions ?? {};
    const results = versions.map((version) => (found[version] === EQUAL ? '✓' : found[version] ? '–' : ''));
    return `| ${at + 1} | ${title} | ${paths} | ${named(settings)} | ${results.join(' | ')} |`;
  });
  const table = [
    `| | project | files | what is edited | ${versions.join(' | ')} |`,
    `| ---: | :--- | :--- | :--- | ${versions.map(() => ':---:').join(' | ')} |`,
    ...rows,
  ].join('\n');
  const sections = projects.map((project, at) => section(project, at, readings));
  return `${[`${HEAD}\n${table}`, ...sections].join('\n\n')}\n`;
}

/** The messages of the versions that cannot read the project, or that read another image. */
function messagesOf(title: string, readings: readonly ComposeReading[]): string[] {
  const versions = Object.entries(readings.find((reading) => reading.title === title)?.versions ?? {});
  return versions
    .filter(([, reading]) => reading !== EQUAL)
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([version, reading]) =>
      reading.startsWith('refused: ')
        ? `Refused with Compose ${version}: ${code(reading.slice('refused: '.length))}`
        : `Compose ${version} cannot read it: ${code(reading)}`,
    );
}

function section(project: RealWorldProject, at: number, readings: readonly ComposeReading[]): string {
  const desired = Object.entries(project.images).map(([service, image]) => `${code(service)} → ${code(image)}`);
  const images =
    new Set(Object.values(project.images)).size === 1 && desired.length > 2
      ? `all eight → ${code(Object.values(project.images)[0] ?? '')}`
      : desired.join(', ');
  const blocks = planImageEdits(project).edits.map(
    (edit) =>
      `${code(edit.path)}\n\n\`\`\`diff\n${diffOf(edit)
        .map((line) => line.trimEnd())
        .join('\n')}\n\`\`\``,
  );
  return [
    `## ${at + 1}. ${project.title}`,
    `Desired: ${images}`,
    ...blocks,
    ...messagesOf(project.title, readings),
  ].join('\n\n');
}

const code = (text: string): string => `\`${text}\``;

function named(settings: readonly string[]): string {
  return settings.length > 2
    ? `${code(settings[0] ?? '')} and ${settings.length - 1} more`
    : settings.map(code).join(', ');
}
