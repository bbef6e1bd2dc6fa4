// Builds dist/: esbuild takes out what nothing uses (it accepts that modules have no side effects, which ncc does not),
// ncc packs the rest into files that need no node_modules. docs/decisions/0003-bundle-with-esbuild-and-ncc.md has the figures. `--check`
// builds elsewhere and compares. Fails if dist/ is larger than MAX_MEGABYTES: every job downloads it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ncc from '@vercel/ncc';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { namedChunks } from './scripts/bundle/named-chunks.mjs';
import { unusedMethods } from './scripts/bundle/unused-methods.mjs';

const MAX_MEGABYTES = 2.6;
const check = process.argv.includes('--check');
// Always the same directory: the names of the packed modules are made from it.
const work = 'build/bundle';
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const target = check ? join(work, 'dist') : 'dist';

/** Everything we import is used through its exports; nothing is imported for what it does while loading. */
const pure = {
  name: 'pure-modules',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async (args) => {
      if (args.pluginData === 'seen' || args.kind === 'entry-point') return undefined;
      const { resolveDir, importer, kind } = args;
      const path = fileNamed(args.path, resolveDir);
      if (path) return { path, sideEffects: false };
      const found = await build.resolve(args.path, { resolveDir, importer, kind, pluginData: 'seen' });
      return found.errors.length > 0 || found.external ? undefined : { ...found, sideEffects: false };
    });
  },
};

/**
 * The file that a relative import names, or undefined. Resolving each of 4,000 imports with esbuild takes five times as
 * long.
 */
function fileNamed(name, folder) {
  if (!/^\.\.?\/.*\.[cm]?js$/.test(name)) return undefined;
  const path = join(folder, name);
  return [path, path.replace(/\.js$/, '.ts')].find((each) => existsSync(each));
}

/** The action and the command are one bundle; these two start it. */
const STARTERS = {
  'index.js': "import { runAction } from './bundle.js';\nawait runAction();\n",
  'cli.js': "#!/usr/bin/env node\nimport { runCommand } from './bundle.js';\nawait runCommand();\n",
};
const { description, inputs } = parse(readFileSync('action.yml', 'utf8'));
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

const common = {
  outdir: join(work, 'shaken'),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [unusedMethods, pure],
  // The package has both forms; modules start faster than its seventy files in CommonJS, which is what Node gets.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  legalComments: 'none',
  charset: 'utf8',
};

const result = await build({
  ...common,
  entryPoints: { bundle: 'src/bundle.ts' },
  splitting: true,
  metafile: true,
  // The help of the command quotes the descriptions of action.yml.
  define: { ACTION: JSON.stringify({ description, inputs }), VERSION: JSON.stringify(version) },
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
});
// Separately, so that it shares no file with the rest: it has to work whatever happened to that.
await build({ ...common, entryPoints: { post: 'src/action/post.ts' } });

/** The license texts of every package of which something is left in the bundle. */
function licenses() {
  const used = Object.values(result.metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  const folders = new Set(used.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
      return `${name}@${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}\n`;
    })
    .join('\n----------------------------------------\n\n');
}

const packed = await ncc(resolve(work, 'shaken/bundle.js'), {
  quiet: true,
  // Of files that the code refers to, ncc copies those below this directory. Its default, the working directory, would
  // copy all of it: @actions/exec has a path that begins with `process.cwd()`.
  filterAssetBase: resolve(work, 'shaken'),
});
const files = {
  ...namedChunks(packed, result.metafile.outputs),
  ...STARTERS,
  'post.js': readFileSync(join(work, 'shaken/post.js'), 'utf8'),
  'licenses.txt': licenses(),
};
const before = existsSync('dist') ? contentOf('dist') : '';
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [name, text] of Object.entries(files))
  writeFileSync(join(target, name), text, { mode: name in STARTERS ? 0o755 : 0o644 });
const after = contentOf(target);
rmSync(work, { recursive: true });

/** Names and texts of a folder's files, for comparison. */
function contentOf(folder) {
  return readdirSync(folder)
    .sort()
    .map((file) => `${file}\n${readFileSync(join(folder, file), 'utf8')}`)
    .join('\n');
}

if (check && before !== after) {
  console.error('dist/ is not what the sources make. Repair it with: npm run build');
  process.exit(1);
}
const megabytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
console.log(`dist/: ${megabytes.toFixed(2)} MB`);
if (megabytes > MAX_MEGABYTES) {
  console.error(
    `dist/ is larger than ${MAX_MEGABYTES} MB. Find out what is in it: docs/decisions/0003-bundle-with-esbuild-and-ncc.md`,
  );
  process.exit(1);
}
