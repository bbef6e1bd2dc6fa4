// Checks that documents, comments, messages and test titles use the terms of the glossary: scripts/forbidden-words.json
// lists what is not written, with what to write instead. Run as a part of npm run check, or with: node
// scripts/language.mjs [FILE …]. Code and links are not checked.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceProse } from './source-prose.mjs';

const ROOTS = ['.github', 'bench', 'deploy', 'docs', 'lab', 'scripts', 'src', 'test'];

const rules = JSON.parse(readFileSync(new URL('forbidden-words.json', import.meta.url), 'utf8')).map(
  ({ pattern, write }) => ({
    words: new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w-])`, 'gi'),
    write,
  }),
);

function texts() {
  const inRoot = readdirSync('.').filter((name) => /\.(md|mjs)$/.test(name) || name === 'action.yml');
  const below = ROOTS.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path)),
  );
  const found = below.filter(
    (path) => /\.(md|ts|mts|mjs)$/.test(path) || /^\.github.ISSUE_TEMPLATE.*\.yml$/.test(path),
  );
  return [...inRoot, ...found].filter((path) => !path.includes('node_modules')).sort();
}

/** Keeps the length of what it blanks, so that line and column stay right. */
const blank = (text) => text.replaceAll(/[^\n]/g, ' ');

function prose(text) {
  return text
    .replaceAll(/^ *[\w-]+:(?= |$)/gm, blank)
    .replaceAll(/^( *)```[\s\S]*?^\1```/gm, blank)
    .replaceAll(/<!--[\s\S]*?-->/g, blank)
    .replaceAll(/`[^`\n]*`/g, blank)
    .replaceAll(/\]\([^)\n]*\)/g, blank);
}

function problemsOf(path) {
  const text = readFileSync(path, 'utf8');
  const lines = prose(/\.m?ts$|\.mjs$/.test(path) ? sourceProse(path, text) : text).split('\n');
  return lines.flatMap((line, at) =>
    rules.flatMap(({ words, write }) =>
      [...line.matchAll(words)].map(([found]) => `${path}:${at + 1}: "${found}"; write: ${write}`),
    ),
  );
}

const given = process.argv.slice(2);
const problems = (given.length > 0 ? given : texts()).flatMap(problemsOf);
if (problems.length > 0) {
  process.stdout.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}
