// Compose projects in the shapes that users publish: application stacks with Milvus in them, several files, and the
// newer keys of Compose. Each has exactly what an upgrade has to change.
import { compose, env, referenced, type RealWorldProject } from './real-world-project.js';

const OLD = 'milvusdb/milvus:v2.5.10';
const NEW = 'milvusdb/milvus:v2.5.27';

/** Files that include others, extend others, or are merged with others. */
const SEVERAL_FILES: readonly RealWorldProject[] = [
  {
    title: 'an included file with a project directory and an env file of its own',
    files: [
      {
        ...referenced(
          compose(
            `services:
  milvus:
    image: milvusdb/milvus:\${MILVUS_TAG:?set it in vector.env}
    volumes:
      - ./data/milvus:/var/lib/milvus
`,
            'deploy/vector/compose.yaml',
          ),
        ),
        base: 'storage',
      },
      compose(
        `include:
  - path: deploy/vector/compose.yaml
    project_directory: storage
    env_file: deploy/vector/vector.env
services:
  api:
    image: acme/api:1
    depends_on: [milvus]
`,
        'compose.yaml',
      ),
      referenced(env('MILVUS_TAG=v2.5.10\n', 'deploy/vector/vector.env')),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['MILVUS_TAG'],
    changes: [['deploy/vector/vector.env', 1, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'a variable that the project and an included file set differently',
    files: [
      referenced(compose('services:\n  milvus:\n    image: milvusdb/milvus:${TAG}\n', 'db/compose.yml')),
      compose('include: [db/compose.yml]\nservices:\n  app:\n    image: acme/app:${APP_TAG:-1}\n', 'compose.yml'),
      referenced(env('TAG=v2.4.1\nAPP_TAG=7\n', 'db/.env')),
      env('TAG=v2.5.10\n'),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['TAG'],
    changes: [['.env', 1, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'two included files that use the same variable with different values',
    files: [
      referenced(compose('services:\n  search:\n    image: milvusdb/milvus:${TAG}\n', 'search/compose.yml')),
      referenced(compose('services:\n  archive:\n    image: milvusdb/milvus:${TAG}\n', 'archive/compose.yml')),
      compose('include:\n  - ./search/compose.yml\n  - ./archive/compose.yml\n', 'compose.yml'),
      referenced(env('TAG=v2.5.10\n', 'search/.env')),
      referenced(env('TAG=v2.4.20\n', 'archive/.env')),
    ],
    images: { search: NEW },
    environment: {},
    settings: ['TAG'],
    changes: [['search/.env', 1, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'an included pair of files, the second of which overrides the first',
    files: [
      referenced(
        compose(
          `services:\n  milvus:\n    image: milvusdb/milvus:v2.4.1\n    command: milvus run standalone\n`,
          'db/base.yml',
        ),
      ),
      referenced(compose(`services:\n  milvus:\n    image: ${OLD}\n`, 'db/site.yml')),
      compose('include:\n  - path: [db/base.yml, db/site.yml]\n', 'compose.yml'),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['db/site.yml', 3, OLD, NEW]],
  },
  {
    title: 'an included file that includes another one',
    files: [
      referenced(
        compose('services:\n  milvus:\n    image: milvusdb/milvus:${V:-v2.5.10}\n', 'infra/milvus/compose.yml'),
      ),
      referenced(
        compose(
          'include:\n  - milvus/compose.yml\nservices:\n  etcd:\n    image: quay.io/coreos/etcd:v3.5.18\n',
          'infra/compose.yml',
        ),
      ),
      compose('include:\n  - infra/compose.yml\nservices:\n  web:\n    image: nginx:1.27\n', 'compose.yml'),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['infra/milvus/compose.yml', 3, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'a service that extends one in another directory, which extends a third',
    files: [
      referenced(
        compose(
          'services:\n  milvus-base:\n    image: ${REGISTRY:-docker.io}/milvusdb/milvus:${MILVUS_VERSION}\n    security_opt: [seccomp:unconfined]\n',
          'shared/base.yml',
        ),
      ),
      referenced(
        compose(
          'services:\n  milvus:\n    extends: {file: base.yml, service: milvus-base}\n    command: [milvus, run, standalone]\n',
          'shared/milvus.yml',
        ),
      ),
      compose(
        'services:\n  vectors:\n    extends:\n      file: shared/milvus.yml\n      service: milvus\n    ports: ["19530:19530"]\n',
      ),
      env('MILVUS_VERSION="v2.5.10"\nREGISTRY=registry.example.com/hub\n'),
    ],
    images: { vectors: 'registry.example.com/hub/milvusdb/milvus:v2.5.27' },
    environment: {},
    settings: ['MILVUS_VERSION'],
    changes: [['.env', 1, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'development and production files, selected with COMPOSE_FILE in .env',
    files: [
      compose(
        'services:\n  milvus:\n    image: milvusdb/milvus:${MILVUS_VERSION:-v2.4.1}\n    restart: unless-stopped\n',
        'docker-compose.base.yml',
      ),
      compose(`services:\n  milvus:\n    image: ${OLD}\n    restart: always\n`, 'docker-compose.prod.yml'),
      env(
        'COMPOSE_PATH_SEPARATOR=:\nCOMPOSE_FILE=docker-compose.base.yml:docker-compose.prod.yml\nCOMPOSE_PROJECT_NAME=vectors\n',
      ),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.prod.yml', 3, OLD, NEW]],
  },
  {
    title: 'an override file that is found automatically, with !reset and !override',
    files: [
      compose(
        `services:
  standalone:
    image: ${OLD}
    ports: ["19530:19530", "9091:9091"]
    environment:
      MINIO_ADDRESS: minio:9000
  minio:
    image: minio/minio:RELEASE.2024-05-28T17-19-04Z
`,
        'compose.yaml',
      ),
      compose(
        `services:
  standalone:
    ports: !override
      - "127.0.0.1:19530:19530"
    environment:
      MINIO_ADDRESS: !reset null
      COMMON_STORAGETYPE: local
  minio: !reset null
`,
        'compose.override.yaml',
      ),
    ],
    images: { standalone: NEW },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['compose.yaml', 3, OLD, NEW]],
  },
  {
    title: 'an override that replaces the whole service',
    files: [
      compose(
        'services:\n  milvus:\n    image: milvusdb/milvus:v2.4.1\n    command: milvus run standalone\n    ports: ["19530:19530"]\n',
      ),
      compose(`services:\n  milvus: !override\n    image: '${OLD}'\n    command: milvus run standalone\n`, 'site.yml'),
    ],
    images: { milvus: NEW },
    environment: {},
    inputs: { files: ['docker-compose.yml', 'site.yml'] },
    settings: ['services.milvus.image'],
    changes: [['site.yml', 3, OLD, NEW]],
  },
  {
    title: 'two env files, the second of which uses the first',
    files: [
      compose(
        'services:\n  milvus:\n    image: "${MILVUS_IMAGE}"\n    environment: {LOG_LEVEL: "${LOG_LEVEL:-info}"}\n',
      ),
      env('MILVUS_REPO=milvusdb/milvus\nMILVUS_TAG=v2.5.10\n', 'versions.env'),
      env('MILVUS_IMAGE=${MILVUS_REPO}:${MILVUS_TAG}\n', 'env/site.env'),
    ],
    images: { milvus: NEW },
    environment: {},
    inputs: { envFiles: ['versions.env', 'env/site.env'] },
    settings: ['MILVUS_TAG'],
    changes: [['versions.env', 2, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'a production env file instead of .env, which exists as well',
    files: [
      compose('services:\n  milvus:\n    image: ${MILVUS_IMAGE:-milvusdb/milvus:v2.4.1}\n    env_file: [.env.prod]\n'),
      env('MILVUS_IMAGE=milvusdb/milvus:v2.5.10\nMINIO_SECRET_KEY=example\n', '.env.prod'),
    ],
    others: { '.env': 'MILVUS_IMAGE=milvusdb/milvus:v2.4.5\n' },
    images: { milvus: NEW },
    environment: {},
    inputs: { envFiles: ['.env.prod'] },
    settings: ['MILVUS_IMAGE'],
    changes: [['.env.prod', 1, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'a project in another directory than the one Compose is run in',
    files: [
      compose(
        'services:\n  milvus:\n    image: milvusdb/milvus:${TAG}\n    volumes: ["./volumes/milvus:/var/lib/milvus"]\n',
        'stacks/vectors/docker-compose.yml',
      ),
      env('TAG=v2.5.10\n', 'stacks/vectors/.env'),
    ],
    images: { milvus: NEW },
    environment: {},
    inputs: { directory: 'stacks/vectors' },
    settings: ['TAG'],
    changes: [['stacks/vectors/.env', 1, 'v2.5.10', 'v2.5.27']],
  },
];

/** Stacks of applications that use Milvus. */
const STACKS: readonly RealWorldProject[] = [
  {
    title: 'a chat application with a shared environment and one profile for each vector database',
    files: [
      compose(
        `x-shared-env: &shared-api-worker-env
  LOG_LEVEL: \${LOG_LEVEL:-INFO}
  VECTOR_STORE: \${VECTOR_STORE:-weaviate}
  MILVUS_URI: \${MILVUS_URI:-http://host.docker.internal:19530}
  MILVUS_ENABLE_HYBRID_SEARCH: \${MILVUS_ENABLE_HYBRID_SEARCH:-False}
services:
  api:
    image: acme/chat-api:1.9.0
    restart: always
    environment:
      <<: *shared-api-worker-env
      MODE: api
  worker:
    image: acme/chat-api:1.9.0
    environment:
      <<: *shared-api-worker-env
      MODE: worker
  weaviate:
    image: semitechnologies/weaviate:1.27.0
    profiles: ['', weaviate]
  etcd:
    image: quay.io/coreos/etcd:v3.5.5
    profiles:
      - milvus
  milvus-standalone:
    container_name: milvus-standalone
    image: ${OLD}
    profiles:
      - milvus
    command: [milvus, run, standalone]
    environment:
      ETCD_ENDPOINTS: \${ETCD_ENDPOINTS:-etcd:2379}
      common.security.authorizationEnabled: \${MILVUS_AUTHORIZATION_ENABLED:-true}
    healthcheck:
      test: ['CMD', 'curl', '-f', 'http://localhost:9091/healthz']
      interval: 30s
      start_period: 90s
    depends_on: [etcd]
    networks: [milvus]
networks:
  milvus:
    driver: bridge
`,
        'docker-compose.yaml',
      ),
      env('VECTOR_STORE=milvus\nCOMPOSE_PROFILES=${VECTOR_STORE:-weaviate}\nMILVUS_AUTHORIZATION_ENABLED=true\n'),
    ],
    images: { 'milvus-standalone': NEW },
    environment: {},
    settings: ['services.milvus-standalone.image'],
    changes: [['docker-compose.yaml', 27, OLD, NEW]],
  },
  {
    title: 'a stack for retrieval-augmented generation that builds its own services',
    files: [
      compose(`services:
  backend:
    build:
      context: ./backend
      args: {PYTHON: "3.12"}
    image: rag-backend:\${BACKEND_TAG:-dev}
    env_file:
      - ./backend/.env
    depends_on:
      milvus:
        condition: service_healthy
  embedder:
    build: ./embedder
  milvus:
    image: milvusdb/milvus:v2.5.10   # pinned
    command: ["milvus", "run", "standalone"]
    healthcheck:
      test: ["CMD-SHELL", "curl -fsS http://localhost:9091/healthz || exit 1"]
      retries: 30
    volumes: [milvus-data:/var/lib/milvus]
  ollama:
    image: ollama/ollama:latest
volumes:
  milvus-data:
`),
    ],
    others: {
      'embedder/Dockerfile': 'FROM python:3.12\n',
      'backend/.env': 'MILVUS_VERSION=v2.5.10\nOPENAI_API_KEY=example\n',
    },
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 15, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'Attu beside Milvus, with versions and names from .env',
    files: [
      compose(`version: "3.8"
services:
  milvus:
    image: milvusdb/milvus:\${MILVUS_VERSION:-v2.3.0}
    container_name: \${PROJECT_NAME}-milvus
    environment:
      - ETCD_ENDPOINTS=\${PROJECT_NAME}-etcd:2379
    volumes:
      - milvus-data:/var/lib/milvus
  attu:
    image: zilliz/attu:\${ATTU_VERSION:-v2.3.4}
    container_name: \${PROJECT_NAME}-attu
    environment:
      MILVUS_URL: \${PROJECT_NAME}-milvus:19530
volumes:
  milvus-data:
    name: \${PROJECT_NAME}-milvus-data
`),
      env('PROJECT_NAME=kb\nMILVUS_VERSION=v2.5.10\nATTU_VERSION=v2.5.10\n'),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['MILVUS_VERSION'],
    changes: [['.env', 2, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'several installations of Milvus in one project',
    files: [
      compose(`services:
  milvus-docs:
    image: milvusdb/milvus:\${DOCS_MILVUS:-v2.5.10}
    volumes: [docs:/var/lib/milvus]
  milvus-images:
    image: milvusdb/milvus:\${IMAGES_MILVUS:-v2.4.5}
    volumes: [images:/var/lib/milvus]
volumes: {docs: {}, images: {}}
`),
    ],
    images: { 'milvus-docs': NEW },
    environment: {},
    settings: ['services.milvus-docs.image'],
    changes: [['docker-compose.yml', 3, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'a repository and a tag in two variables, on the network of the host',
    files: [
      compose(`services:
  mixcoord:
    image: \${MILVUS_IMAGE_REPO}:\${MILVUS_IMAGE_TAG}
    network_mode: host
    command:
      - milvus
      - run
      - mixture
      - -rootcoord=true
    volumes:
      - \${DATA_ROOT:-/srv/milvus}/milvus:/var/lib/milvus
      - ./milvus.yaml:/milvus/configs/user.yaml:ro
  proxy:
    image: \${MILVUS_IMAGE_REPO}:\${MILVUS_IMAGE_TAG}
    network_mode: host
    command: ["milvus", "run", "proxy"]
  nginx:
    image: nginx:\${NGINX_IMAGE_TAG}
    network_mode: host
    depends_on: [proxy]
`),
      env('MILVUS_IMAGE_REPO=milvusdb/milvus\nMILVUS_IMAGE_TAG=v2.5.10\nNGINX_IMAGE_TAG=1.27-alpine\n'),
    ],
    others: { 'milvus.yaml': 'log: {level: info}\n' },
    images: { mixcoord: NEW, proxy: NEW },
    environment: {},
    settings: ['MILVUS_IMAGE_TAG'],
    changes: [['.env', 2, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'Milvus in the network of another service',
    files: [
      compose(`services:
  vpn:
    image: acme/wireguard:1
    cap_add: [NET_ADMIN]
    ports: ["19530:19530"]
  milvus:
    image: "${OLD}"
    network_mode: "service:vpn"
    depends_on: [vpn]
`),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 7, OLD, NEW]],
  },
  {
    title: 'embedded etcd, with its configuration in the Compose file',
    files: [
      compose(
        `services:
  milvus:
    image: ${OLD}
    command: milvus run standalone
    environment:
      ETCD_USE_EMBED: "true"
      ETCD_CONFIG_PATH: /milvus/configs/embedEtcd.yaml
      COMMON_STORAGETYPE: local
    configs:
      - source: embed
        target: /milvus/configs/embedEtcd.yaml
    volumes:
      - type: bind
        source: ./volumes/milvus
        target: /var/lib/milvus
        bind: {create_host_path: true}
configs:
  embed:
    content: |
      listen-client-urls: http://0.0.0.0:2379
      auto-compaction-retention: '1000'
`,
        'compose.yaml',
      ),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['compose.yaml', 3, OLD, NEW]],
  },
  {
    title: 'secrets in files, and a template for both Milvus services',
    files: [
      compose(`x-logging: &logging
  driver: json-file
  options: {max-size: "10m"}
x-milvus: &milvus
  image: \${REGISTRY:-}milvusdb/milvus:\${TAG}
  logging: *logging
  secrets: [minio_key]
services:
  querynode:
    <<: *milvus
    command: milvus run querynode
  proxy:
    <<: *milvus
    command: milvus run proxy
    secrets:
      - source: minio_key
        target: /run/secrets/minio
secrets:
  minio_key:
    file: ./secrets/minio
`),
      env('# no registry\nREGISTRY=\nTAG=v2.5.10\n'),
    ],
    others: { 'secrets/minio': 'example\n' },
    images: { querynode: NEW, proxy: NEW },
    environment: {},
    settings: ['TAG'],
    changes: [['.env', 3, 'v2.5.10', 'v2.5.27']],
  },
];

/** Forms of single keys and texts. */
const DETAILS: readonly RealWorldProject[] = [
  {
    title: 'a default with a colon in it, and an empty variable',
    files: [
      compose(
        'services:\n  milvus:\n    image: ${MILVUS_IMAGE:-milvusdb/milvus:v2.5.10}\n    command: milvus run standalone\n',
      ),
      env('MILVUS_IMAGE=\n'),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 3, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'an alternative and a message, nested',
    files: [
      compose(
        'services:\n  milvus:\n    image: ${MIRROR:+registry.example.com/}milvusdb/milvus:${TAG:?${HELP:-set TAG in .env}}\n',
      ),
      env('MIRROR=yes\nTAG=v2.5.10\n'),
    ],
    images: { milvus: 'registry.example.com/milvusdb/milvus:v2.5.27' },
    environment: {},
    settings: ['TAG'],
    changes: [['.env', 2, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'an exported variable beside the one that sets the image',
    files: [compose('services:\n  milvus:\n    image: ${HUB}/milvus:${TAG-v2.5.10}\n'), env('HUB=milvusdb\n')],
    images: { milvus: 'registry.example.com/milvus:v2.5.27' },
    environment: { HUB: 'registry.example.com' },
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 3, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'an image with a digest',
    files: [compose(`services:\n  milvus:\n    image: milvusdb/milvus:v2.5.10@sha256:${'1'.repeat(64)}\n`)],
    images: { milvus: `milvusdb/milvus:v2.5.27@sha256:${'2'.repeat(64)}` },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 3, `v2.5.10@sha256:${'1'.repeat(64)}`, `v2.5.27@sha256:${'2'.repeat(64)}`]],
  },
  {
    title: 'a tag for one architecture',
    files: [
      compose(
        'services:\n  milvus:\n    image: milvusdb/milvus:${MILVUS_TAG}-${ARCH:-arm64}\n    platform: linux/${ARCH:-arm64}\n',
      ),
      env("MILVUS_TAG='v2.5.10-20250718-3a3b374f-gpu'\n"),
    ],
    images: { milvus: 'milvusdb/milvus:v2.5.27-gpu-arm64' },
    environment: {},
    settings: ['MILVUS_TAG'],
    changes: [['.env', 1, 'v2.5.10-20250718-3a3b374f-gpu', 'v2.5.27-gpu']],
  },
  {
    title: 'reserved GPUs and limits',
    files: [
      compose(`services:
  milvus:
    image: milvusdb/milvus:v2.5.10-gpu
    shm_size: 2gb
    ulimits: {nofile: {soft: 65536, hard: 65536}}
    deploy:
      resources:
        limits: {cpus: "4", memory: 16G}
        reservations:
          devices:
            - driver: nvidia
              capabilities: ["gpu"]
              count: 1
`),
    ],
    images: { milvus: 'milvusdb/milvus:v2.5.27-gpu' },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 3, 'v2.5.10-gpu', 'v2.5.27-gpu']],
  },
  {
    title: 'the short key for GPUs, and commands after the start',
    files: [
      compose(
        `services:
  milvus:
    image: milvusdb/milvus:v2.5.10-gpu
    gpus: all
    post_start:
      - command: ["/bin/true"]
`,
        'compose.yaml',
      ),
    ],
    images: { milvus: 'milvusdb/milvus:v2.5.27-gpu' },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['compose.yaml', 3, 'v2.5.10-gpu', 'v2.5.27-gpu']],
  },
  {
    title: 'a health check with variables and escaped dollar signs',
    files: [
      compose(`services:
  milvus:
    image: milvusdb/milvus:$TAG
    environment:
      PORT: \${HEALTH_PORT:-9091}
      TAG_IN_USE: $TAG
    healthcheck:
      test: ["CMD-SHELL", "curl -f http://localhost:$\${PORT}/healthz"]
      interval: \${INTERVAL:-30s}
      start_period: \${START_PERIOD_S:-90}s
`),
      env('TAG=v2.5.10\n'),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['TAG'],
    changes: [['.env', 1, 'v2.5.10', 'v2.5.27']],
  },
  {
    title: 'words that YAML 1.1 reads as booleans and numbers',
    files: [
      compose(`version: '3.5'
services:
  standalone:
    image: ${OLD}
    tty: yes
    stdin_open: off
    privileged: No
    environment:
      ENABLED: "on"
      QUOTA: 0777
      SIZE: 1_000
      RATIO: 1e3
    labels:
      backup: "yes"
    ports:
      - 9091:9091
      - "22:22"
`),
    ],
    images: { standalone: NEW },
    environment: {},
    settings: ['services.standalone.image'],
    changes: [['docker-compose.yml', 4, OLD, NEW]],
  },
  {
    title: 'Windows line endings with quotes and a comment behind the image',
    files: [
      compose(
        `services:\r\n  milvus:\r\n    image: '${OLD}' # do not touch\r\n    environment:\r\n      - "ETCD_ENDPOINTS=etcd:2379"\r\n`,
      ),
      compose(`services:\r\n  milvus:\r\n    restart: always\r\n`, 'docker-compose.override.yml'),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 3, OLD, NEW]],
  },
  {
    title: 'volumes in the long form, external and with names',
    files: [
      compose(`services:
  milvus:
    image: ${OLD}
    volumes:
      - type: volume
        source: data
        target: /var/lib/milvus
        volume: {nocopy: true}
      - type: tmpfs
        target: /tmp/milvus
        tmpfs: {size: 1073741824}
      - \${CONFIG_DIRECTORY:-./configs}/user.yaml:/milvus/configs/user.yaml:ro
volumes:
  data:
    name: \${DATA_VOLUME:-milvus-data}
    external: true
networks:
  default:
    name: backend
    external: true
`),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['docker-compose.yml', 3, OLD, NEW]],
  },
  {
    title: 'optional env files of a service, and optional dependencies',
    files: [
      compose(
        `services:
  milvus:
    image: ${OLD}
    pull_policy: missing
    env_file:
      - path: ./default.env
        required: true
      - path: ./local.env
        required: false
    depends_on:
      etcd: {condition: service_started, required: false}
  etcd:
    image: quay.io/coreos/etcd:v3.5.18
    profiles: [bundled]
`,
        'compose.yml',
      ),
    ],
    others: { 'default.env': 'ETCD_ENDPOINTS=etcd.example.com:2379\n' },
    images: { milvus: NEW },
    environment: {},
    settings: ['services.milvus.image'],
    changes: [['compose.yml', 3, OLD, NEW]],
  },
  {
    title: 'quotes, exports, comments and other variables in .env',
    files: [
      compose(
        'services:\n  milvus:\n    image: ${REPO}/milvus:${TAG}${SUFFIX}\n    environment: {GREETING: "${GREETING}", PLAIN: "${PLAIN}"}\n',
      ),
      env(
        'REPO="milvusdb" # the hub\nexport TAG=${MAJOR}.${MINOR}.10\nMAJOR=v2\nGREETING=\'costs $5 #1\'\nPLAIN=a#b c # d\nSUFFIX=\n',
        'my.env',
      ),
    ],
    images: { milvus: 'milvusdb/milvus:v2.5.27' },
    environment: { MAJOR: 'v2', MINOR: '5' },
    inputs: { envFiles: ['my.env'] },
    settings: ['TAG'],
    changes: [['my.env', 2, '.10', '.27']],
  },
  {
    title: 'JSON instead of YAML',
    files: [
      compose(
        `{
  "services": {
    "milvus": {
      "image": "${OLD}",
      "command": ["milvus", "run", "standalone"],
      "environment": {"ETCD_ENDPOINTS": "etcd:2379"}
    }
  }
}
`,
        'docker-compose.json',
      ),
    ],
    images: { milvus: NEW },
    environment: {},
    inputs: { files: ['docker-compose.json'] },
    settings: ['services.milvus.image'],
    changes: [['docker-compose.json', 4, OLD, NEW]],
  },
  {
    title: 'extension fields at every level, and several merged templates',
    files: [
      compose(
        `name: vectors
x-versions:
  milvus: &milvus-image milvusdb/milvus:v2.5.10
x-limits: &limits
  mem_limit: 8g
x-restart: &restart
  restart: unless-stopped
  image: acme/placeholder:1
services:
  milvus:
    <<: [*limits, *restart]
    image: *milvus-image
    x-owner: search team
    labels:
      - "traefik.enable=true"
      - "owner=\${OWNER:-search}"
  backup:
    <<: *restart
    profiles: [tools]
    image: milvusdb/milvus-backup:v0.4.20
    depends_on: [milvus]
`,
        'compose.yml',
      ),
    ],
    images: { milvus: NEW },
    environment: {},
    settings: ['x-versions.milvus'],
    changes: [['compose.yml', 3, 'v2.5.10', 'v2.5.27']],
  },
];

export const REAL_WORLD_STACKS: readonly RealWorldProject[] = [...SEVERAL_FILES, ...STACKS, ...DETAILS];
