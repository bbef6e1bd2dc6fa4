// Typical Compose projects, each with exactly what an upgrade has to change. Names of services, images and variables
// are those of Milvus.
import { compose, env, referenced, type Change, type RealWorldProject } from './real-world-project.js';
import { REAL_WORLD_STACKS } from './real-world-stacks.js';

const OLD = 'milvusdb/milvus:v2.2.12';
const NEW = 'milvusdb/milvus:v2.2.16';
const eight = ['rootcoord', 'proxy', 'querycoord', 'querynode', 'indexcoord', 'indexnode', 'datacoord', 'datanode'];

const standalone = `version: '3.5'

# one machine, three containers
services:
  etcd:
    container_name: milvus-etcd
    image: quay.io/coreos/etcd:v3.5.5   # Milvus keeps its metadata here
    environment:
      - ETCD_AUTO_COMPACTION_MODE=revision
      - ETCD_QUOTA_BACKEND_BYTES=4294967296
    volumes:
      - \${DOCKER_VOLUME_DIRECTORY:-.}/volumes/etcd:/etcd

  minio:
    image: minio/minio:RELEASE.2023-03-20T20-16-18Z
    environment:
      MINIO_ACCESS_KEY: minioadmin
      MINIO_SECRET_KEY: minioadmin

  standalone:
    container_name: milvus-standalone
    image: ${OLD}  # was v2.2.11 until June
    command: ["milvus", "run", "standalone"]
    environment:
      ETCD_ENDPOINTS: etcd:2379
      MINIO_ADDRESS: minio:9000
    ports:
      - "19530:19530"   
    depends_on: [etcd, minio]

networks:
  default:
    name: milvus
`;

const oldCluster = `version: '3.5'
services:
  etcd: {image: 'quay.io/coreos/etcd:v3.5.0'}
${eight.map((name) => `  ${name}:\n    image: ${OLD}\n    command: [milvus, run, ${name}]\n    depends_on:\n      - etcd`).join('\n')}
`;

const FORMS: readonly RealWorldProject[] = [
  {
    title: 'the standalone file of Milvus, with comments',
    files: [compose(standalone)],
    images: { standalone: NEW },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['docker-compose.yml', 22, OLD, NEW]],
  },
  {
    title: 'the old cluster with eight services',
    files: [compose(oldCluster)],
    images: Object.fromEntries(eight.map((name) => [name, NEW])),
    environment: {},
    settings: eight.map((name) => `services.${name}.image`),
    changes: eight.map((_, at): Change => ['docker-compose.yml', 5 + at * 5, OLD, NEW]),
  },
  {
    title: 'a variable with a default that is not set',
    files: [
      compose(`services:
  standalone:
    image: \${REGISTRY:-docker.io/milvusdb}/milvus:\${MILVUS_VERSION:-v2.2.12}
  attu:
    image: zilliz/attu:\${ATTU_VERSION:-v2.2.8}
`),
    ],
    images: { standalone: 'docker.io/milvusdb/milvus:v2.2.16' },
    environment: { PATH: '/usr/bin' },
    settings: ['services.standalone.image'],
    changes: [['docker-compose.yml', 3, 'v2.2.12', 'v2.2.16']],
  },
  {
    title: 'a variable in .env that is used by several services',
    files: [
      compose(`services:
  proxy:
    image: "milvusdb/milvus:\${MILVUS_VERSION}"
    labels: {milvus: "\${MILVUS_VERSION}"}
  mixcoord:
    image: milvusdb/milvus:$MILVUS_VERSION
  minio:
    image: minio/minio:latest
    environment:
      MINIO_ROOT_PASSWORD: \${MINIO_PASSWORD:?set it in .env}
`),
      env(`# the versions of this stack
MINIO_PASSWORD='an $example #1'

MILVUS_VERSION=v2.2.11
export MILVUS_VERSION = "v2.2.12"   # not newer before the holidays
ATTU_VERSION=v2.2.8
`),
    ],
    images: { proxy: NEW, mixcoord: NEW },
    environment: {},
    settings: ['MILVUS_VERSION'],
    changes: [['.env', 5, 'v2.2.12', 'v2.2.16']],
  },
  {
    title: 'a complete image in .env that uses another variable',
    files: [
      compose('services:\n  standalone:\n    image: ${MILVUS_IMAGE:?which one}\n'),
      env('MILVUS_TAG=v2.2.12\nMILVUS_IMAGE=milvusdb/milvus:latest\n', 'base.env'),
      env('MILVUS_IMAGE=${HUB:-milvusdb}/milvus:${MILVUS_TAG}\n', 'site.env'),
    ],
    images: { standalone: NEW },
    environment: {},
    inputs: { envFiles: ['base.env', 'site.env'] },
    settings: ['MILVUS_TAG'],
    changes: [['base.env', 1, 'v2.2.12', 'v2.2.16']],
  },
  {
    title: 'a map with an anchor that is merged into each service',
    files: [
      compose(`x-milvus: &milvus
  image: '${OLD}'
  restart: unless-stopped

services:
  rootcoord:
    <<: *milvus
    command: milvus run rootcoord
  proxy:
    <<: [*milvus]
    command: milvus run proxy
  attu:
    image: zilliz/attu:v2.2.8
`),
    ],
    images: { rootcoord: NEW, proxy: NEW },
    environment: {},
    settings: ['x-milvus.image'],
    changes: [['docker-compose.yml', 2, OLD, NEW]],
  },
  {
    title: 'an alias of the image',
    files: [
      compose(`x-images:
  - &etcd quay.io/coreos/etcd:v3.5.5
  - &milvus "${OLD}"   # one for all
services:
  etcd: {image: *etcd}
  datanode: {image: *milvus, command: [milvus, run, datanode]}
  querynode:
    image: *milvus
`),
    ],
    images: { datanode: NEW, querynode: NEW },
    environment: {},
    settings: ['x-images'],
    changes: [['docker-compose.yml', 3, OLD, NEW]],
  },
  {
    title: 'an override file that takes precedence over the first file',
    files: [
      compose(standalone),
      compose(
        `services:
  standalone:
    # our mirror
    image: 'registry.example.com:5000/milvus:v2.2.12'
  minio:
    ports: !override ["9001:9001"]
`,
        'docker-compose.override.yml',
      ),
    ],
    images: { standalone: 'registry.example.com:5000/milvus:v2.2.16' },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['docker-compose.override.yml', 4, 'v2.2.12', 'v2.2.16']],
  },
  {
    title: 'profiles, one of which contains the cluster',
    files: [
      compose(`name: vectors
services:
  standalone:
    profiles: [small]
    image: ${OLD}
  proxy:
    profiles: ["large"]
    image: ${OLD}
  attu:
    profiles: [small, large]
    image: zilliz/attu:v2.2.8
`),
    ],
    images: { standalone: NEW },
    environment: { COMPOSE_PROFILES: 'small' },
    settings: ['services.standalone.image'],
    changes: [['docker-compose.yml', 5, OLD, NEW]],
  },
  {
    title: 'a file of format version 1, without the key services',
    files: [
      compose(`etcd:
  image: quay.io/coreos/etcd:v3.5.0
milvus:
  image: ${OLD}
  links:
    - etcd
  command: milvus run standalone`),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['milvus.image'],
    changes: [['docker-compose.yml', 4, OLD, NEW]],
  },
  {
    title: 'Windows line endings and a byte order mark',
    files: [
      compose(
        `\ufeffversion: "2"\r\nservices:\r\n  standalone:\r\n    image:  milvusdb/milvus:\${MILVUS_VERSION}  \r\n    restart: always\r\n`,
      ),
      env('\ufeffMILVUS_VERSION=v2.2.12\r\nATTU_VERSION=v2.2.8\r\n'),
    ],
    images: { standalone: NEW },
    environment: {},
    settings: ['MILVUS_VERSION'],
    changes: [['.env', 1, 'v2.2.12', 'v2.2.16']],
  },
  {
    title: 'YAML flow style',
    files: [
      compose(`{version: '3.5', services: {
  etcd: {image: "quay.io/coreos/etcd:v3.5.5", environment: {ETCD_ROOT_PASSWORD: example}},
  standalone: {image: ${OLD}, environment: {MINIO_SECRET_KEY: example}, depends_on: [etcd]}}}
`),
    ],
    images: { standalone: NEW },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['docker-compose.yml', 3, OLD, NEW]],
  },
  {
    title: 'a service that extends one in another file',
    files: [
      referenced(
        compose(
          'services:\n  milvus:\n    image: "milvusdb/milvus:v2.2.12"\n    restart: always\n',
          'common/milvus.yml',
        ),
      ),
      compose(`services:
  standalone:
    extends:
      file: ./common/milvus.yml
      service: milvus
    ports: ["19530:19530"]
`),
    ],
    images: { standalone: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['common/milvus.yml', 3, OLD, NEW]],
  },
  {
    title: 'nested defaults, and an escaped dollar sign',
    files: [
      compose(`services:
  standalone:
    image: milvusdb/milvus:\${TAG:-\${MILVUS_TAG:-v2.2.12}}
    command: ["sh", "-c", "echo $$TAG && milvus run standalone"]
`),
      env('TAG=\n'),
    ],
    images: { standalone: NEW },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['docker-compose.yml', 3, 'v2.2.12', 'v2.2.16']],
  },
  {
    title: 'the GPU variant',
    files: [
      compose(`services:
  standalone:
    image: milvusdb/milvus:\${MILVUS_VERSION:-v2.4.1}\${MILVUS_VARIANT:--gpu}
    deploy:
      resources:
        reservations:
          devices: [{driver: nvidia, capabilities: [gpu], device_ids: ["0"]}]
`),
      env('MILVUS_VERSION=v2.4.1 # with -gpu behind it\n'),
    ],
    images: { standalone: 'milvusdb/milvus:v2.4.23-gpu' },
    environment: {},
    settings: ['MILVUS_VERSION'],
    changes: [['.env', 1, 'v2.4.1', 'v2.4.23']],
  },
  {
    title: 'another repository, which requires a change of the text as well',
    files: [compose('services:\n  standalone:\n    image: "milvusdb/milvus:${TAG:-v2.2.12}" # public\n')],
    images: { standalone: 'registry.example.com/milvus:v2.2.16' },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['docker-compose.yml', 3, 'milvusdb/milvus:${TAG:-v2.2.12}', 'registry.example.com/milvus:v2.2.16']],
  },
  {
    title: 'an included file with its own variables',
    files: [
      referenced(
        compose(
          'services:\n  standalone:\n    image: milvusdb/milvus:${MILVUS_VERSION}\n    volumes: ["./volumes/milvus:/var/lib/milvus"]\n',
          'db/milvus.yml',
        ),
      ),
      compose('include:\n  - path: ./db/milvus.yml\nservices:\n  app:\n    image: acme/app:1\n'),
      referenced(env('MILVUS_VERSION=v2.2.12\n', 'db/.env')),
    ],
    images: { standalone: NEW },
    environment: {},
    settings: ['MILVUS_VERSION'],
    changes: [['db/.env', 1, 'v2.2.12', 'v2.2.16']],
  },
  {
    title: 'an included file of a project whose directory is not that of its file',
    // A path of `include` is relative to the directory of the project, not to the file that contains it.
    files: [
      referenced(compose('services:\n  standalone:\n    image: milvusdb/milvus:v2.2.12\n', 'db/milvus.yml')),
      {
        ...compose(
          'include:\n  - path: ./db/milvus.yml\nservices:\n  app:\n    image: acme/app:1\n',
          'deploy/compose.yml',
        ),
        base: '',
      },
    ],
    others: { 'deploy/db/milvus.yml': 'services:\n  standalone:\n    image: milvusdb/milvus:v2.2.9\n' },
    inputs: { files: ['deploy/compose.yml'], directory: '.' },
    images: { standalone: NEW },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['db/milvus.yml', 3, 'v2.2.12', 'v2.2.16']],
  },
];

export const REAL_WORLD: readonly RealWorldProject[] = [...FORMS, ...REAL_WORLD_STACKS];
