// The part of the summary about causes: why the run made no progress, since when, what was observed, and what to do.
// Certain causes first.
import { rankCauses, type Cause } from '../../model/cause.js';
import { codeMarkdown as code, escapeMarkdown as text } from '../../lib/escape.js';
import { cut, table, type Block } from './markdown.js';
import type { PlatformName } from '../../config/config.js';
import { titleOf } from '../../platforms/labels.js';
import { PLATFORM_LABELS } from '../../platforms/registry.js';
import type { Report } from '../report.js';

const headOf = (platform: PlatformName): string[] => [
  '',
  'Cause',
  titleOf(PLATFORM_LABELS[platform].part),
  'Since',
  'Observed',
  'What to do',
];

/**
 * `linkTo` makes a link to a heading of docs/errors.md. If the run succeeded, causes that were resolved need no
 * section.
 */
export function renderCauses(
  { causes, outcome, platform }: Report,
  linkTo: (heading: string) => string,
  most: number,
): Block {
  if (causes.length === 0 || outcome === 'succeeded' || outcome === 'unchanged') return '';
  return cut(rankCauses(causes), most, (shown) =>
    table(
      headOf(platform),
      merge(shown).map((merged) => row(merged, linkTo)),
    ),
  );
}

interface Shown {
  readonly cause: Cause;
  readonly deployments: readonly string[];
}

/** One wrong image stops every Deployment: causes with the same code are one row, with the text of the first. */
function merge(causes: readonly Cause[]): Shown[] {
  const rows = new Map<string, Shown>();
  for (const cause of causes) {
    const key = `${cause.code} ${cause.certain}`;
    const known = rows.get(key);
    rows.set(key, { cause: known?.cause ?? cause, deployments: [...(known?.deployments ?? []), cause.deployment] });
  }
  return [...rows.values()];
}

function row({ cause, deployments }: Shown, linkTo: (heading: string) => string): readonly string[] {
  const [first, others] = [deployments.find((deployment) => deployment !== ''), deployments.length - 1];
  return [
    cause.certain ? '❌' : '❔',
    linkTo(cause.code),
    first ? `${code(first)}${others > 0 ? ` and ${others} more` : ''}` : '',
    cause.since === '' ? '' : `${text(cause.since.slice(11, 19))} UTC`,
    `${cause.pod ? `${code(cause.pod)}: ` : ''}${text(cause.evidence, 400)}`,
    text(cause.hint),
  ];
}
