// Writes the files from which CI systems other than GitHub read outputs and summary.
import { writeFileSync } from 'node:fs';
import type { OutputName } from '../core/report/outputs.js';

/** Writes nothing without a path; the report contains every output. */
export function writeOutputsFile(path: string, outputs: Readonly<Record<OutputName, string>>): void {
  if (path !== '')
    writeFileSync(path, path.endsWith('.json') ? `${JSON.stringify(outputs, null, 2)}\n` : renderDotenv(outputs));
}

export function writeSummaryFile(path: string, markdown: string): void {
  if (path !== '') writeFileSync(path, `${markdown}\n`);
}

/**
 * One `NAME=value` per line, as GitLab reads it: at most 5 KB, no line breaks (docs.gitlab.com,
 * "artifacts:reports:dotenv"). Therefore the plan is omitted. The names must differ from those of the inputs: otherwise
 * a later job would use the chart of this run as its own input.
 */
function renderDotenv(outputs: Readonly<Record<OutputName, string>>): string {
  return Object.entries(outputs)
    .filter(([name]) => name !== 'plan')
    .map(
      ([name, value]) =>
        `MILVUS_RESULT_${name.toUpperCase().replaceAll('-', '_')}=${value.replaceAll(/[\r\n]/g, ' ')}\n`,
    )
    .join('');
}
