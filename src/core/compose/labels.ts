// The terms of a Docker Compose project for log, headline and summary.
import type { PlatformLabels } from '../platforms/labels.js';

export const COMPOSE_LABELS: PlatformLabels = {
  part: 'service',
  parts: 'services',
  units: 'containers',
  whole: 'project',
  upgrade: 'new containers',
  objects: 'files of the project',
  subject: ({ name }) => (name === '' ? 'the Milvus of this project' : `Milvus of project ${name}`),
  stopped: { one: 'has no running container', several: 'have no running container' },
  expectation: () => 'expect downtime',
  turn: '',
  inspect: ({ name }, services) =>
    services.map((service) => `docker compose --project-name ${name} logs --tail 100 ${service}`),
};
