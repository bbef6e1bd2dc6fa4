// Builds dist/: esbuild takes out what nothing uses (it accepts that modules have no side effects, which ncc does not),
// ncc packs the rest into files that need no node_modules. docs/decisions/0003-bundle.md has the figures. `--check`
// builds elsewhere and compares.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';

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
  plugins: [pure],
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

const before = existsSync('dist') ? contentOf('dist') : '';
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
execFileSync(process.execPath, [
  'node_modules/@vercel/ncc/dist/ncc/cli.js',
  'build',
  join(work, 'shaken/bundle.js'),
  '--out',
  target,
  '--quiet',
]);
renameSync(join(target, 'index.js'), join(target, 'bundle.js'));
for (const [name, text] of Object.entries(STARTERS)) writeFileSync(join(target, name), text, { mode: 0o755 });
copyFileSync(join(work, 'shaken/post.js'), join(target, 'post.js'));
writeFileSync(join(target, 'licenses.txt'), licenses());
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
console.log(`dist/: ${(Buffer.byteLength(after) / 1e6).toFixed(2)} MB`);
