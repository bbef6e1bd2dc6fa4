// The part of the summary about the preflight: the checks before anything was changed, and what the upgrade changes,
// object by object.
import { codeMarkdown as code, escapeMarkdown as text, oneLine } from '../../lib/escape.js';
import { cut, details, joinBlocks, table, type Block } from './markdown.js';
import type { ManifestChange } from '../../model/preflight.js';
import type { CheckResult } from '../../model/check-result.js';
import { PLATFORM_LABELS } from '../../platforms/registry.js';
import type { Report } from '../report.js';

const STATES: Readonly<Record<CheckResult['state'], string>> = {
  pass: '✅ pass',
  warn: '⚠️ warning',
  fail: '❌ fail',
  skipped: '⏭️ skipped',
};
const ACTIONS: Readonly<Record<ManifestChange['action'], string>> = {
  add: '➕ added',
  change: '✏️ changed',
  remove: '➖ removed',
};
/** Diffs are long; beyond this many characters the rest is only in the report. */
const MAX_DIFF_CHARACTERS = 60_000;

/** The checks that did not pass, and a collapsed table of those that passed. */
export function renderChecks(checks: readonly CheckResult[], most: number): Block {
  const passed = checks.filter((check) => check.state === 'pass');
  const others = checks.filter((check) => check.state !== 'pass');
  return joinBlocks([
    others.length > 0 ? cut(others, most, checkTable) : '',
    details(`${passed.length} checks passed`, passed.length > 0 ? cut(passed, most, checkTable) : ''),
  ]);
}

function checkTable(checks: readonly CheckResult[]): Block {
  return table(
    ['Check', 'State', 'Reason', 'What to do'],
    checks.map(({ id, state, reason, source, remedy = '' }) => [
      code(id),
      STATES[state],
      `${text(reason)}<br>*Source: ${text(source)}*`,
      text(remedy),
    ]),
  );
}

/** Collapsed: a table of the changes, and the diffs with secrets masked. */
export function renderChanges({ changes, platform }: Pick<Report, 'changes' | 'platform'>, most: number): Block {
  if (changes.length === 0) return '';
  const { objects } = PLATFORM_LABELS[platform];
  const title = `What changes: ${changes.length} ${changes.length === 1 ? objects.replace('s ', ' ') : objects}`;
  return details(
    title,
    joinBlocks([cut(changes, most, changeTable), details('Differences', renderDiffs(changes, most))]),
  );
}

function changeTable(changes: readonly ManifestChange[]): Block {
  return table(
    ['Object', '', 'Note'],
    changes.map(({ kind, name, action, note }) => [code(`${kind}/${name}`), ACTIONS[action], text(note)]),
  );
}

function renderDiffs(changes: readonly ManifestChange[], most: number): Block {
  const blocks: string[] = [];
  let room = MAX_DIFF_CHARACTERS;
  for (const { kind, name, diff } of changes.filter((change) => change.diff.length > 0).slice(0, most)) {
    const block = `${code(`${kind}/${name}`)}\n\n${fenced(diff)}`;
    room -= block.length;
    if (room < 0) return joinBlocks([...blocks, '*More differences omitted; the report contains all of them.*']);
    blocks.push(block);
  }
  return joinBlocks(blocks);
}

/** A code fence that no line of the text can close. */
function fenced(lines: readonly string[]): Block {
  const redact = lines.map((line) => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`);
  const longest = Math.max(2, ...redact.flatMap((line) => [...line.matchAll(/`+/g)].map((match) => match[0].length)));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${redact.join('\n')}\n${fence}`;
}
