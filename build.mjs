// Builds dist/: esbuild takes out what nothing uses (it can be told that modules have no side effects, which ncc cannot), ncc packs the rest into
// files that need no node_modules. docs/decisions/0003-bundle.md has the figures. `--check` builds elsewhere and compares.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const check = process.argv.includes('--check');
mkdirSync('build', { recursive: true });
const work = mkdtempSync('build/bundle-');
const target = check ? join(work, 'dist') : 'dist';

/** Everything we import is used through its exports; nothing is imported for what it does while loading. */
const pure = {
  name: 'pure-modules',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async (args) => {
      if (args.pluginData === 'seen' || args.kind === 'entry-point') return undefined;
      const { resolveDir, importer, kind } = args;
      const found = await build.resolve(args.path, { resolveDir, importer, kind, pluginData: 'seen' });
      return found.errors.length > 0 || found.external ? found : { ...found, sideEffects: false };
    });
  },
};

const result = await build({
  entryPoints: { index: 'src/main.ts', post: 'src/post.ts' },
  outdir: join(work, 'shaken'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  metafile: true,
  plugins: [pure],
  legalComments: 'none',
  charset: 'utf8',
  banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
});

/** The licence texts of every package of which something is left in the bundle. */
function licences() {
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

if (existsSync(target)) rmSync(target, { recursive: true });
mkdirSync(target, { recursive: true });
for (const entry of readdirSync(join(work, 'shaken'))) writeFileSync(join(target, entry), readFileSync(join(work, 'shaken', entry)));
writeFileSync(join(target, 'licenses.txt'), licences());
console.log(
  readdirSync(target)
    .map((file) => `${file} ${readFileSync(join(target, file)).length}`)
    .join('\n'),
);
