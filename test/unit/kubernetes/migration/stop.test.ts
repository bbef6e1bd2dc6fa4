import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiException } from '@kubernetes/client-node';
import type { MilvusPod } from '../../../../src/core/model/component.js';
import type { ScaleDownStep } from '../../../../src/core/migration/step.js';
import { applyMigrationStep } from '../../../../src/kubernetes/migration/apply.js';
import type { MigrationTools } from '../../../../src/kubernetes/migration/migration-tools.js';
import { component, observationOf } from '../../../support/events.js';

const STOP: ScaleDownStep = {
  kind: 'scale-down',
  id: 'scale-down/my',
  timeoutSeconds: 60,
  revoke: true,
  mayBeBlind: false,
};
const pod = (name: string): MilvusPod => ({
  ...{ name, address: '10.0.0.1', isNew: true, ready: false, readySince: '', terminating: true, graceSeconds: 30 },
});
let requests: string[];
let answer: () => Promise<void>;
beforeEach(() => {
  requests = [];
  answer = () => Promise.resolve();
});

function tools(): MigrationTools {
  const core = {
    deleteNamespacedPod: ({ name, namespace, gracePeriodSeconds }: Record<string, unknown>) => {
      requests.push(`delete ${namespace}/${name}, ${gracePeriodSeconds} s`);
      return answer();
    },
  };
  const components = ['querynode', 'rootcoord'].map((role) =>
    component(role, { desired: 0, pods: [pod(`${role}-1`)] }),
  );
  return {
    cluster: { core, server: 'https://10.0.0.1:6443' },
    namespace: 'milvus',
    config: { release: 'my' },
    deployments: [],
    observation: observationOf(components),
    revoke: () => Promise.resolve(),
  } as unknown as MigrationTools;
}

describe('stopping Milvus for a migration', () => {
  it('shortens the grace period of terminating stateless pods only', async () => {
    await applyMigrationStep(STOP, tools());
    expect(requests).toEqual(['delete milvus/querynode-1, 5 s']);
  });

  it('accepts that a pod has ended in the meantime', async () => {
    answer = () => Promise.reject(new ApiException(404, 'Not Found', '', {}));
    await expect(applyMigrationStep(STOP, tools())).resolves.toBeUndefined();
  });

  it('fails if pods must not be deleted', async () => {
    answer = () => Promise.reject(new ApiException(403, 'Forbidden', '{"message":"pods is forbidden"}', {}));
    await expect(applyMigrationStep(STOP, tools())).rejects.toMatchObject({ code: 'access-denied' });
  });
});
