// Makes docs/compose-files.md: what an upgrade changes in Compose projects as people have them.
import { diffOf, planImageEdits } from '../../../../src/core/compose/files/image-edits.js';
import type { RealWorldProject } from './real-world-files.js';

const HEAD = `# What an upgrade changes in Compose files

<!-- Made from test/core/compose/real-world-files.ts; repair it with UPDATE_GOLDEN=1 and the test beside it. -->

Only what sets the image of a service is edited, where it is really set: in the text, in a default, in an \`.env\` file, behind an anchor, in the last file that has it.
Comments, quotes, line ends and everything else stay as they are, byte for byte. When the same text sets something else as well, nothing is edited, and the problem says what.
`;

/** The whole page; values that may be secret are \`***\`. */
export function renderComposeFiles(projects: readonly RealWorldProject[]): string {
  const rows = projects.map(
    ({ title, files, settings }, at) => `| ${at + 1} | ${title} | ${files.map(({ path }) => code(path)).join(', ')} | ${named(settings)} |`,
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
  return [`## ${at + 1}. ${project.title}`, `Wanted: ${images}`, ...blocks].join('\n\n');
}

const code = (text: string): string => `\`${text}\``;

function named(settings: readonly string[]): string {
  return settings.length > 2 ? `${code(settings[0] ?? '')} and ${settings.length - 1} more` : settings.map(code).join(', ');
}
