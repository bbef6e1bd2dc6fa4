// Renews src/core/knowledge/tool-sums.json from what the makers of helm and kubectl publish: verifies every row, and
// adds the newest versions. A sum that has changed ends it: published files never change, so someone has to look.
// usage: npm run sums [-- --table FILE] SUMS_HELM_HOST and SUMS_KUBECTL_HOST lead it to other hosts with the same
// paths.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, env, exit } from 'node:process';

const HELM = env.SUMS_HELM_HOST ?? 'https://get.helm.sh';
const KUBECTL = env.SUMS_KUBECTL_HOST ?? 'https://dl.k8s.io';
const FILE = argv.includes('--table') ? argv[argv.indexOf('--table') + 1] : 'src/core/knowledge/tool-sums.json';
const SYSTEMS = ['darwin-amd64', 'darwin-arm64', 'linux-amd64', 'linux-arm64', 'windows-amd64', 'windows-arm64'];
/** Kubernetes itself keeps three minor versions going; clusters are often older. */
const KUBECTL_MINORS = 9;
const PATCHES = 3;
const AT_ONCE = 8;

/** The text at an address; null where there is none. Any other answer ends the script. */
async function read(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.text()).trim();
}

const sumAddress = {
  helm: (version, system) =>
    `${HELM}/helm-v${version}-${system}.${system.startsWith('windows') ? 'zip' : 'tar.gz'}.sha256sum`,
  kubectl: (version, system) =>
    `${KUBECTL}/release/v${version}/bin/${system.replace('-', '/')}/kubectl${system.startsWith('windows') ? '.exe' : ''}.sha256`,
};

async function publishedSum(tool, version, system) {
  const url = sumAddress[tool](version, system);
  const text = await read(url);
  if (text === null) return null;
  const sum = text.split(/\s/, 1)[0].toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sum)) throw new Error(`${url} holds no SHA-256`);
  return sum;
}

function versionIn(url, text) {
  const found = /^v(\d+\.\d+\.\d+)$/.exec(text ?? '');
  if (!found) throw new Error(`${url} tells no version: ${text}`);
  return found[1];
}

async function newest(url) {
  return versionIn(url, await read(url));
}

/** The newest Helm 3 and 4, and the newest patch of each kubectl that is still in use. */
async function newestVersions() {
  const helm = await Promise.all(['helm3', 'helm4'].map((name) => newest(`${HELM}/${name}-latest-version`)));
  const [major, minor] = (await newest(`${KUBECTL}/release/stable.txt`)).split('.').map(Number);
  const minors = Array.from({ length: KUBECTL_MINORS }, (_, each) => `${major}.${minor - each}`);
  const kubectl = await Promise.all(minors.map((each) => newest(`${KUBECTL}/release/stable-${each}.txt`)));
  return { helm, kubectl };
}

/** Runs a few at a time. */
async function each(items, work) {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const number = (version) => version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
const minorOf = (version) => version.split('.').slice(0, 2).join('.');
const byVersion = ([a, aSystem], [b, bSystem]) => number(a) - number(b) || (aSystem < bSystem ? -1 : 1);

/** What the hosts publish of these versions, laid over the rows that we have. */
async function renew(tool, rows, versions, changed) {
  const known = new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row]));
  for (const version of versions)
    for (const system of SYSTEMS)
      if (!known.has(`${version} ${system}`)) known.set(`${version} ${system}`, [version, system, null, '']);
  await each(known.values(), async (row) => {
    const [version, system, ours, sources] = row;
    const sum = await publishedSum(tool, version, system);
    if (sum !== null && ours !== null && sum !== ours)
      changed.push(`${tool} ${version} for ${system}: ${ours} became ${sum}`);
    if (sum === null) return;
    row[2] = sum;
    row[3] = [...new Set([...sources.split(' '), 'official'])].filter(Boolean).sort().join(' ');
  });
  return [...known.values()].filter((row) => row[2] !== null).sort(byVersion);
}

/** The newest patches of each minor version and system; of kubectl the newest minor versions. */
function worthKeeping(tool, rows) {
  const minors = [...new Set(rows.map(([version]) => minorOf(version)))];
  const kept = new Set(tool === 'kubectl' ? minors.slice(-KUBECTL_MINORS) : minors);
  return rows.filter(([version, system], at) => {
    const newer = rows.slice(at + 1).filter((row) => row[1] === system && minorOf(row[0]) === minorOf(version));
    return kept.has(minorOf(version)) && newer.length < PATCHES;
  });
}

/** One row a line, so that a pull request shows what is new. */
function write(table) {
  const lines = (rows) => rows.map((row) => `    ${JSON.stringify(row).replaceAll('","', '", "')}`).join(',\n');
  const sources = Object.entries(table.sources).map(
    ([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const tools = ['helm', 'kubectl'].map((tool) => `  "${tool}": [\n${lines(table[tool])}\n  ]`);
  writeFileSync(FILE, `{\n  "sources": {\n${sources.join(',\n')}\n  },\n${tools.join(',\n')}\n}\n`);
}

const table = JSON.parse(readFileSync(FILE, 'utf8'));
const versions = await newestVersions();
const changed = [];
for (const tool of ['helm', 'kubectl'])
  table[tool] = worthKeeping(tool, await renew(tool, table[tool], versions[tool], changed));
if (changed.length > 0) {
  console.error(`Published sums differ from ours. Nothing was written; find out why:\n${changed.join('\n')}`);
  exit(1);
}
write(table);
console.log(`${FILE}: ${table.helm.length} sums of helm, ${table.kubectl.length} of kubectl`);
