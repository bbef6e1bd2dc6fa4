// An esbuild plugin that removes the methods of the generated Kubernetes API classes that nothing calls. Bundlers keep
// every method of a class that is used: 0.8 MB in classes of which the sources call 38 methods.
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const CLIENT = 'node_modules/@kubernetes/client-node/dist';
/** The three layers of generated classes: requests and responses, observables, and what the package exports. */
const GENERATED =
  /[\\/]client-node[\\/]dist[\\/]gen[\\/](?:apis[\\/]\w+Api|types[\\/](?:Observable|ObjectParam)API)\.js$/;
/** A method as the TypeScript compiler prints it: its lines are indented deeper than its first and last one. */
const METHOD = /^ {4}(?:async )?(\w+)\(.*\) \{\n(?:(?: {5}.*)?\n)*? {4}\}\n/gm;

export const unusedMethods = {
  name: 'unused-methods',
  setup(build) {
    let used;
    build.onLoad({ filter: GENERATED }, async ({ path }) => {
      used ??= words();
      const [text, names] = [await readFile(path, 'utf8'), await used];
      return { contents: withoutUnused(text, names) };
    });
  },
};

/** Each layer has a method with the name of the operation, and some have one more with a suffix. */
export function withoutUnused(text, used) {
  return text.replace(METHOD, (method, name) =>
    name === 'constructor' || used.has(name.replace(/WithHttpInfo$/, '')) ? method : '',
  );
}

/**
 * Every word of the sources, and of the part of the client that is not generated, counts as a call. TypeScript verifies
 * that the sources call methods by name; only a name that is composed at run time would be missed.
 */
async function words() {
  const sources = readdirSync('src', { recursive: true }).filter((path) => path.endsWith('.ts'));
  const client = readdirSync(CLIENT).filter((path) => path.endsWith('.js'));
  const paths = [...sources.map((path) => join('src', path)), ...client.map((path) => join(CLIENT, path))];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return new Set(texts.flatMap((text) => text.match(/\w+/g) ?? []));
}
