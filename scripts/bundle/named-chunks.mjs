// ncc numbers its chunks (`223.index.js`) and has no option for their names.
import { dirname } from 'node:path';
import { withEagerModules } from './eager-modules.mjs';

/** What ncc puts between the number of a chunk and the name of its file, in the one place that makes that name. */
const FILE_OF_CHUNK = /"" \+ chunkId \+ "\.index\.js"/g;

/** What build.mjs adds. */
const OTHER_FILES = ['bundle.js', 'index.js', 'cli.js', 'post.js'];

/** Otherwise webpack leaves out the names of modules that it has in its cache, and some modules altogether. */
const ALL_MODULES = {
  cachedModules: true,
  chunkModules: true,
  dependentModules: true,
  chunkModulesSpace: Infinity,
  nestedModules: true,
  nestedModulesSpace: Infinity,
};

/**
 * Returns the files that ncc made, by name, with the chunks named after their content.
 * `outputs` is from the metafile of esbuild, whose output files are the modules that ncc packs.
 */
export function namedChunks({ code, assets, stats }, outputs) {
  const { chunks } = stats.toJson({ all: false, ids: true, chunks: true, ...ALL_MODULES });
  const names = {};
  const files = {};
  for (const [file, { source }] of Object.entries(assets)) {
    const id = /^(\d+)\.index\.js$/.exec(file)?.[1];
    if (id) names[id] = nameOf(chunks.find((chunk) => String(chunk.id) === id).modules, outputs);
    const name = id ? `${names[id]}.js` : file;
    if (name in files || OTHER_FILES.includes(name)) throw new Error(`Two files of dist/ would be named ${name}`);
    files[name] = id ? withEagerModules(String(source)) : String(source);
  }
  if (code.match(FILE_OF_CHUNK)?.length !== 1)
    throw new Error('ncc no longer makes the names of chunks in the place that named-chunks.mjs expects');
  const bundle = withEagerModules(code).replace(FILE_OF_CHUNK, () => `${JSON.stringify(names)}[chunkId] + ".js"`);
  return { ...files, 'bundle.js': bundle };
}

/**
 * `kubernetes` for the chunk of src/kubernetes/open.ts, `cli-main` for that of src/cli/main.ts. A chunk that several of
 * them share is named after the largest directory or package in it.
 */
function nameOf(modules, outputs) {
  const packed = modules
    .flatMap((module) => [module, ...(module.modules ?? [])])
    .map(({ name }) => outputs[name.replace(/^\.\//, '')])
    .filter(Boolean);
  const entry = packed.find(({ entryPoint }) => entryPoint)?.entryPoint;
  if (entry) return hyphenated(entry.replace(/(\/open)?\.ts$/, ''));
  const sizes = {};
  for (const [path, { bytesInOutput }] of packed.flatMap(({ inputs }) => Object.entries(inputs))) {
    const part = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? dirname(path);
    sizes[part] = (sizes[part] ?? 0) + bytesInOutput;
  }
  const [largest] = Object.keys(sizes).sort((one, other) => sizes[other] - sizes[one]);
  return `shared-${hyphenated(largest)}`;
}

function hyphenated(path) {
  return path.replace(/^(src\/|@)/, '').replaceAll('/', '-');
}
