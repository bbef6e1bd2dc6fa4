// The log.
import type { Event } from './events.js';
import type { Report } from './report.js';

/** One line to print. `end-group` closes the open group, and does nothing where none is open; `title` belongs to annotations. */
export type LogLine = { readonly kind: 'group' | 'end-group' | 'text' | 'notice' | 'warning' | 'error'; readonly text: string; readonly title?: string };

export function renderLog(event: Event): readonly LogLine[] {
  return [{ kind: 'text', text: event.type }];
}

export function renderAnnotations(report: Report): readonly LogLine[] {
  return report.components.map((each) => ({ kind: 'error', text: each.cause }));
}
