// The terms of a Helm release for log, headline and summary.
import type { PlatformLabels } from '../platforms/labels.js';

export const HELM_LABELS: PlatformLabels = {
  part: 'Deployment',
  parts: 'Deployments',
  units: 'pods',
  whole: 'cluster',
  upgrade: 'one helm upgrade',
  objects: 'objects of the release',
  subject: ({ name, namespace }) => `Milvus ${name} in ${namespace}`,
  stopped: { one: 'has 0 replicas', several: 'have 0 replicas' },
  expectation: (rollingPossible) =>
    rollingPossible ? 'a rolling upgrade is possible' : 'a rolling upgrade is not possible: expect downtime',
  turn: 'in a rolling upgrade: from the start of its turn',
  inspect: ({ namespace }, deployments) => [
    ...deployments.flatMap((deployment) => [
      `kubectl --namespace ${namespace} describe deployment ${deployment}`,
      `kubectl --namespace ${namespace} logs deployment/${deployment} --all-containers --tail 100`,
    ]),
    `kubectl --namespace ${namespace} get events --sort-by .lastTimestamp`,
  ],
};
