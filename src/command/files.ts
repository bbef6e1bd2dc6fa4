// Writes what CI systems other than GitHub take from files.
import { writeFileSync } from 'node:fs';
import type { OutputName } from '../core/outputs.js';

/** Without a path there is nowhere to write them, and the report has them all. */
export function writeOutputsFile(path: string, outputs: Readonly<Record<OutputName, string>>): void {
  if (path !== '') writeFileSync(path, path.endsWith('.json') ? `${JSON.stringify(outputs, null, 2)}\n` : renderDotenv(outputs));
}

export function writeSummaryFile(path: string, markdown: string): void {
  if (path !== '') writeFileSync(path, `${markdown}\n`);
}

/**
 * One `NAME=value` a line, as GitLab reads it: 5 KB in all, no line breaks (docs.gitlab.com, "artifacts:reports:dotenv"). So the plan is left out.
 * The names must not be those of our inputs: a later job would take the chart that was used here for the one it should use.
 */
export function renderDotenv(outputs: Readonly<Record<OutputName, string>>): string {
  return Object.entries(outputs)
    .filter(([name]) => name !== 'plan')
    .map(([name, value]) => `MILVUS_RESULT_${name.toUpperCase().replaceAll('-', '_')}=${value.replaceAll(/[\r\n]/g, ' ')}\n`)
    .join('');
}
