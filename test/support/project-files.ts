// The files of a Docker Compose project with Milvus as users write them: the version in the file, or in `.env`.
import { parse } from 'yaml';
import type { Values } from '../../src/core/model/values.js';

export const DIRECTORY = '/srv/milvus';
export const COMPOSE = `${DIRECTORY}/docker-compose.yml`;
export const ENV = `${DIRECTORY}/.env`;
const ROLES = ['rootcoord', 'proxy', 'querycoord', 'querynode', 'indexcoord', 'indexnode', 'datacoord', 'datanode'];
const DEPENDENCIES = `
  etcd:
    image: quay.io/coreos/etcd:v3.5.5
  minio:
    image: minio/minio:RELEASE.2023-03-20T20-16-18Z
`;

/** The text of each file, by path. */
export function filesOf(release: string, isCluster: boolean): Map<string, string> {
  const head = '# our own\nversion: "3.5"\n\nservices:';
  if (!isCluster) {
    const own = `  standalone:\n    image: milvusdb/milvus:v${release} # keep in step\n    command: ["milvus", "run", "standalone"]\n    volumes:\n      - ./volumes/milvus:/var/lib/milvus\n`;
    return new Map([[COMPOSE, `${head}${DEPENDENCIES}${own}`]]);
  }
  const own = ROLES.map(
    (role) => `  ${role}:\n    image: milvusdb/milvus:\${MILVUS_TAG:-latest}\n    command: milvus run ${role}\n`,
  );
  return new Map([
    [COMPOSE, `${head}${DEPENDENCIES}${own.join('')}`],
    [ENV, `# one tag for all\nMILVUS_TAG=v${release}\nPASSWORD=hunter2\n`],
  ]);
}

/** The output of `docker compose config` for these files. */
export function configOf(files: ReadonlyMap<string, string>): Values {
  const settings = (files.get(ENV) ?? '').matchAll(/^(\w+)=(.*)$/gm);
  const values = new Map([...settings].map(([, name = '', value = '']) => [name, value]));
  return parsed(
    (files.get(COMPOSE) ?? '').replaceAll(
      /\$\{(\w+)(?::-([^}]*))?\}/g,
      (_, name: string, other = '') => values.get(name) ?? String(other),
    ),
  );
}

/** Cached, because there are few files and many observations. */
const configs = new Map<string, Values>();

function parsed(text: string): Values {
  const config = configs.get(text) ?? (parse(text) as Values);
  configs.set(text, config);
  return config;
}
