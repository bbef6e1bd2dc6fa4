// Generates docs/verification/compose-files.md: what an upgrade changes in typical Compose projects.
import { planImageEdits } from '../../../../../src/core/compose/files/image-edits.js';
import { diffOf } from '../../../../../src/core/compose/files/edit-diff.js';
import type { RealWorldProject } from './real-world-project.js';

const HEAD = `# What an upgrade changes in Compose files

<!-- Generated from test/unit/core/compose/files/real-world-files.ts; update it with UPDATE_GOLDEN=1 and the test next to it. -->

Only the text that sets the image of a service is edited, at the place where it is set: in the image, in a default, in an \`.env\` file, behind an anchor, in the last file that sets it.
Comments, quotes, line ends and everything else are not changed, byte for byte. If the same text also sets something else, nothing is edited, and the message names what it sets.
`;

/** The complete page; values that may be secret are \`***\`. */
export function renderComposeFiles(projects: readonly RealWorldProject[]): string {
  const rows = projects.map(
    ({ title, files, settings }, at) =>
      `| ${at + 1} | ${title} | ${files.map(({ path }) => code(path)).join(', ')} | ${named(settings)} |`,
  );
  const table = ['| | project | files | what is edited |', '| ---: | :--- | :--- | :--- |', ...rows].join('\n');
  return `${[HEAD + '\n' + table, ...projects.map(section)].join('\n\n')}\n`;
}

function section(project: RealWorldProject, at: number): string {
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
  return [`## ${at + 1}. ${project.title}`, `Desired: ${images}`, ...blocks].join('\n\n');
}

const code = (text: string): string => `\`${text}\``;

function named(settings: readonly string[]): string {
  return settings.length > 2
    ? `${code(settings[0] ?? '')} and ${settings.length - 1} more`
    : settings.map(code).join(', ');
}
