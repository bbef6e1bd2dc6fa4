// The parts of the build that change what esbuild and ncc write.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

// JavaScript, which build.mjs runs without a compiler: the types are stated here.
const SCRIPTS = '../../scripts/bundle/';
const { withEagerModules } = (await import(`${SCRIPTS}eager-modules.mjs`)) as {
  withEagerModules: (text: string) => string;
};
const { namedChunks } = (await import(`${SCRIPTS}named-chunks.mjs`)) as {
  namedChunks: (packed: object, outputs: object) => Record<string, string>;
};
const { withoutUnused } = (await import(`${SCRIPTS}unused-methods.mjs`)) as {
  withoutUnused: (text: string, used: ReadonlySet<string>) => string;
};

const generated = (path: string): string =>
  readFileSync(`node_modules/@kubernetes/client-node/dist/gen/${path}.js`, 'utf8');
const methodsOf = (text: string): string[] =>
  [...text.matchAll(/^ {4}(?:async )?(\w+)\(.*\) \{$/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'constructor');

describe('withoutUnused', () => {
  it.each(['apis/CoreV1Api', 'types/ObservableAPI', 'types/ObjectParamAPI'])(
    'keeps only the used operations of the generated file %s, unchanged',
    (path) => {
      const text = generated(path);
      const left = withoutUnused(text, new Set(['readNamespacedPod', 'patchNamespacedPod']));
      expect(new Set(methodsOf(left).map((name) => name.replace(/WithHttpInfo$/, '')))).toEqual(
        new Set(['readNamespacedPod', 'patchNamespacedPod']),
      );
      expect(left.match(/^export class .*$/gm)).toEqual(text.match(/^export class .*$/gm));
      expect(left.match(/^ {4}constructor\(/gm)).toEqual(text.match(/^ {4}constructor\(/gm));
    },
  );

  it('changes nothing if every operation is used', () => {
    const text = generated('apis/CoreV1Api');
    expect(withoutUnused(text, new Set(methodsOf(text).map((name) => name.replace(/WithHttpInfo$/, ''))))).toBe(text);
  });
});

const MODULE = '/***/ ((module, exports, require) => {\nexports.a = 1;\n/***/ }),\n';
const NAMES = `${MODULE}return "" + chunkId + ".index.js";`;
/** What ncc returns, and what the metafile of esbuild contains, for one chunk of two modules. */
function packed(chunkModules: readonly string[], code = NAMES) {
  const modules = chunkModules.map((name) => ({ name: `./work/${name}` }));
  const chunk = { id: 7, modules: [{ name: './work/one.js + 1 modules', modules }] };
  return { code, assets: { '7.index.js': { source: MODULE } }, stats: { toJson: () => ({ chunks: [chunk] }) } };
}
const outputs = {
  'work/open-ABC.js': { entryPoint: 'src/kubernetes/open.ts', inputs: {} },
  'work/chunk-DEF.js': {
    inputs: {
      'src/etcd/gateway.ts': { bytesInOutput: 30 },
      'node_modules/@scope/name/index.js': { bytesInOutput: 20 },
      'node_modules/@scope/name/other.js': { bytesInOutput: 20 },
    },
  },
};

describe('namedChunks', () => {
  it('names a chunk after its entry point, and the bundle loads it by that name', () => {
    const files = namedChunks(packed(['chunk-DEF.js', 'open-ABC.js']), outputs);
    expect(Object.keys(files)).toEqual(['kubernetes.js', 'bundle.js']);
    expect(files['bundle.js']).toContain('return {"7":"kubernetes"}[chunkId] + ".js";');
  });

  it('names a shared chunk after the largest part of it', () => {
    expect(Object.keys(namedChunks(packed(['chunk-DEF.js']), outputs))).toContain('shared-scope-name.js');
  });

  it('fails if ncc makes the names of chunks in another form', () => {
    expect(() => namedChunks(packed(['open-ABC.js'], MODULE), outputs)).toThrow('no longer makes the names');
  });

  it('fails if two chunks would have the same name', () => {
    const { code, assets, stats } = packed(['open-ABC.js']);
    const two = { code, assets: { ...assets, 'kubernetes.js': { source: '' } }, stats };
    expect(() => namedChunks(two, outputs)).toThrow('kubernetes.js');
    const starter = { 'work/open-ABC.js': { entryPoint: 'src/cli/open.ts', inputs: {} } };
    expect(() => namedChunks({ code, assets, stats }, starter)).toThrow('cli.js');
  });
});

describe('withEagerModules', () => {
  it('makes every module a function expression, which V8 compiles at once', () => {
    expect(withEagerModules(MODULE + MODULE)).not.toContain('=>');
    expect(withEagerModules(MODULE)).toContain('/***/ (function(module, exports, require) {\n');
  });

  it('fails if ncc wraps modules in another form', () => {
    expect(() => withEagerModules('7(module) {}')).toThrow('no longer wraps modules');
  });
});
