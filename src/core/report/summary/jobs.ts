// The part of the summary about the migration tool: the result of each of its runs, the backup, and the last lines of
// its output.
import { codeMarkdown as code, escapeMarkdown as text, oneLine, shorten } from '../../lib/escape.js';
import { cut, details, joinBlocks, table, type Block } from './markdown.js';
import type { MigrationJob } from '../../migration/observation.js';
import { nameJob } from '../../migration/job-changes.js';

export function renderJobs(jobs: readonly MigrationJob[], most: number): Block {
  if (jobs.length === 0) return '';
  const rows = cut(jobs, most, (shown) =>
    table(['run', 'result', 'keys', 'bytes', 'file', 'SHA-256'], shown.map(rowOf)),
  );
  const lines = jobs.flatMap((job) => job.log.map((line) => `${nameJob(job)}: ${line}`)).slice(-most);
  return joinBlocks([
    rows,
    lines.length > 0
      ? details('Output of the migration tool', ['```text', ...lines.map(fenced), '```'].join('\n'))
      : '',
  ]);
}

function rowOf(job: MigrationJob): string[] {
  const { backup, state, reason } = job;
  const result = reason === '' ? state : `${state}: ${reason}`;
  const file = backup
    ? [String(backup.entries), String(backup.bytes), code(backup.file), code(backup.sha256)]
    : ['', '', '', ''];
  return [text(nameJob(job)), text(result), ...file];
}

function fenced(line: string): string {
  return shorten(oneLine(line), 300).replaceAll('```', "'''");
}
