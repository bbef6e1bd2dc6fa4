// The packages that this project is required to use are direct dependencies and are used.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const { dependencies, devDependencies, scripts } = JSON.parse(read('package.json')) as PackageFile;
const EXACT = /^(?:npm:@?[\w/-]+@)?\d+\.\d+\.\d+$/;

function sources(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return files.map((path) => read(`src/${path}`));
}

/** True for an import of values: an import of types leaves nothing in dist/. */
function imports(text: string, name: string): boolean {
  return new RegExp(`^import (?!type )[^;]*'${name}(?:/[^']*)?';$`, 'm').test(text);
}

describe('package.json', () => {
  it.each(['@actions/core', '@actions/exec', '@actions/tool-cache', '@kubernetes/client-node', 'semver'])(
    'has %s as a dependency that src imports',
    (name) => {
      expect(Object.keys(dependencies)).toContain(name);
      expect(sources().filter((text) => imports(text, name))).not.toEqual([]);
    },
  );

  it('has @vercel/ncc as a development dependency that build.mjs runs', () => {
    expect(Object.keys(devDependencies)).toContain('@vercel/ncc');
    expect(read('build.mjs')).toMatch(/^import ncc from '@vercel\/ncc';$/m);
    expect(read('build.mjs')).toContain('await ncc(');
    expect(scripts.build).toContain('build.mjs');
  });

  it('has jest as a development dependency that a script runs', () => {
    expect(Object.keys(devDependencies)).toContain('jest');
    expect(scripts.unit).toContain('node_modules/jest/');
  });

  it('has an exact version of every dependency', () => {
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    expect(versions.filter(([, version]) => !EXACT.test(version))).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('has the dependencies of package.json and no address of a registry', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Readonly<Record<string, Partial<PackageFile> & { readonly resolved?: string }>>;
    };
    expect(packages['']).toMatchObject({ dependencies, devDependencies });
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
