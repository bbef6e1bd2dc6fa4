// Writes one chart directory per row of versions.yaml, ready for `helm package`. usage: node build.mjs DIRECTORY
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2];
const isMap = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Merges `over` into `under`, map by map, as Helm does with values; null removes a key. */
function lay(under, over) {
  const laid = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete laid[key];
    else laid[key] = isMap(value) && isMap(laid[key]) ? lay(laid[key], value) : value;
  }
  return laid;
}

let values = parse(readFileSync(join(here, 'values.yaml'), 'utf8'));
for (const version of parse(readFileSync(join(here, 'versions.yaml'), 'utf8'))) {
  values = lay(values, { image: { all: { tag: `v${version.app}` } } });
  values = lay(values, version.values ?? {});
  const folder = join(target, version.chart, 'milvus');
  mkdirSync(folder, { recursive: true });
  cpSync(join(here, 'templates'), join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'values.yaml'), stringify(values));
  writeFileSync(
    join(folder, 'Chart.yaml'),
    stringify({
      apiVersion: 'v1',
      name: 'milvus',
      version: version.chart,
      appVersion: version.app,
      kubeVersion: '^1.10.0-0',
      description: "A stand-in for the public Milvus chart of the same version, for milvus-upgrade's lab",
    }),
  );
}
