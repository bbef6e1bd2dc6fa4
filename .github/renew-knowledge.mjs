// Updates src/core/knowledge/milvus-releases.json from what Milvus publishes: adds charts of the public Helm repository,
// and the newest patch of each known minor version. Writes the text of an issue if releases are newer than what the
// advisories cover. A published chart whose Milvus version has changed ends it: someone has to look.
// usage: npm run knowledge [-- --table FILE --advisories DIRECTORY --issue FILE]
// KNOWLEDGE_HELM_HOST and KNOWLEDGE_API_HOST lead it to other hosts with the same paths.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { argv, env, exit } from 'node:process';
import { parse } from 'yaml';

const HELM = env.KNOWLEDGE_HELM_HOST ?? 'https://zilliztech.github.io';
const API = env.KNOWLEDGE_API_HOST ?? 'https://api.github.com';
const option = (name, otherwise) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : otherwise);
const TABLE = option('--table', 'src/core/knowledge/milvus-releases.json');
const ADVISORIES = option('--advisories', 'src/core/knowledge');
const ISSUE = option('--issue', '');
/** Charts before 3.0.0 are for Milvus 1. */
const OLDEST_CHART_MAJOR = 3;
const RELEASE = /^(\d+)\.(\d+)\.(\d+)$/;
/** Three pages of 100 releases reach back several years. */
const PAGES = 3;

async function read(url) {
  const response = await fetch(url, { headers: authorization(url), signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

/** Without a token, the API allows few requests from one address. */
function authorization(url) {
  return env.GH_TOKEN && url.startsWith(API) ? { authorization: `Bearer ${env.GH_TOKEN}` } : {};
}

const minorOf = (version) => version.split('.').slice(0, 2).join('.');
const patchOf = (version) => Number(version.split('.')[2]);
const numbersOf = (version) => version.split('.').map(Number);
const compare = (a, b) => {
  const [first, second] = [numbersOf(a), numbersOf(b)];
  return first[0] - second[0] || first[1] - second[1] || first[2] - second[2];
};

/** `0-1=2.6.0 2=2.6.1` as patches with their Milvus version. */
function readRow(row) {
  return new Map(
    row.split(' ').flatMap((entry) => {
      const [patches = '', milvus = ''] = entry.split('=');
      return patches.split(',').flatMap((span) => {
        const [first = 0, last = first] = span.split('-').map(Number);
        return Array.from({ length: last - first + 1 }, (_, at) => [first + at, milvus]);
      });
    }),
  );
}

/** The same row with one more chart, at its place. */
function addTo(row, patch, milvus) {
  const entries = row === '' ? [] : row.split(' ');
  const at = entries.findIndex((entry) => Number(entry.split(/[-,=]/, 1)[0]) > patch);
  return entries.toSpliced(at < 0 ? entries.length : at, 0, `${patch}=${milvus}`).join(' ');
}

/** Charts of the index that are new, added to the table; those that have changed. */
function addCharts(charts, index) {
  const changed = [];
  const published = (index?.entries?.milvus ?? [])
    .map((entry) => [String(entry.version), String(entry.appVersion ?? '').replace(/^v/, '')])
    .filter(([chart]) => RELEASE.test(chart) && numbersOf(chart)[0] >= OLDEST_CHART_MAJOR)
    .sort(([a], [b]) => compare(a, b));
  for (const [chart, milvus] of published) {
    const row = charts[minorOf(chart)] ?? '';
    const known = row === '' ? undefined : readRow(row).get(patchOf(chart));
    if (known === undefined) charts[minorOf(chart)] = addTo(row, patchOf(chart), milvus);
    else if (known !== milvus) changed.push(`chart ${chart}: Milvus ${known} became ${milvus}`);
  }
  return changed;
}

/** Every release that is not a pre-release, without the prefix of the tag. */
async function publishedReleases() {
  const pages = [];
  for (let page = 1; page <= PAGES; page += 1) {
    const found = JSON.parse(await read(`${API}/repos/milvus-io/milvus/releases?per_page=100&page=${page}`));
    pages.push(...found);
    if (found.length < 100) break;
  }
  return pages
    .filter((release) => !release.prerelease && !release.draft)
    .map((release) => String(release.tag_name).replace(/^(milvus-|v)/, ''))
    .filter((version) => RELEASE.test(version));
}

/** The newest patch of a minor version that is known already; a new minor version needs a path first. */
function renewLatest(latest, releases) {
  return latest.map((row) => {
    const newer = releases
      .filter((version) => minorOf(version) === minorOf(row.version))
      .sort(compare)
      .at(-1);
    return newer && compare(newer, row.version) > 0
      ? { version: newer, source: `milvus-io/milvus releases: v${newer}` }
      : row;
  });
}

/** The newest version that an advisory of a minor version names as fixed, by minor version. */
function advised() {
  const files = readdirSync(ADVISORIES).filter((name) => name.startsWith('advisory-rows'));
  const versions = files.flatMap((name) =>
    [...readFileSync(`${ADVISORIES}/${name}`, 'utf8').matchAll(/^\s+version: '(\d+\.\d+\.\d+)',/gm)].map(
      ([, found]) => found,
    ),
  );
  return newestByMinor(versions);
}

function newestByMinor(versions) {
  return Object.fromEntries(versions.toSorted(compare).map((version) => [minorOf(version), version]));
}

/** Releases of the newest minor versions whose release notes were not compared with the advisories yet. */
function unread(releases, reviewed) {
  const known = advised();
  return releases.filter((version) => {
    const minor = minorOf(version);
    const until = [known[minor], reviewed[minor]].filter(Boolean).sort(compare).at(-1);
    return until === undefined ? isNewMinor(minor, known) : compare(version, until) > 0;
  });
}

function isNewMinor(minor, known) {
  return Object.keys(known).every((other) => compare(`${minor}.0`, `${other}.0`) > 0);
}

function issueText(versions) {
  const lines = versions
    .toSorted(compare)
    .map((version) => `- [ ] https://github.com/milvus-io/milvus/releases/tag/v${version}`);
  return `These releases are newer than the newest advisory of their minor version. Read their release notes, add rows to \`src/core/knowledge/advisory-rows-newer.ts\` where users must be warned, and set \`reviewed\` in \`src/core/knowledge/milvus-releases.json\`.\n\n${lines.join('\n')}\n`;
}

const table = JSON.parse(readFileSync(TABLE, 'utf8'));
const index = parse(await read(`${HELM}/milvus-helm/index.yaml`), { maxAliasCount: 0 });
const releases = await publishedReleases();
const changed = addCharts(table.charts, index);
if (changed.length > 0) {
  console.error(`Published charts differ from the table. Nothing was written; find out why:\n${changed.join('\n')}`);
  exit(1);
}
table.latest = renewLatest(table.latest, releases);
writeFileSync(TABLE, `${JSON.stringify(table, null, 2)}\n`);
const left = unread(releases, table.reviewed);
if (ISSUE && existsSync(ISSUE)) rmSync(ISSUE);
if (ISSUE && left.length > 0) writeFileSync(ISSUE, issueText(left));
console.log(`${TABLE}: newest chart and patches are up to date; ${left.length} releases have unread notes`);
