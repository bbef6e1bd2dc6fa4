import { describe, expect, it } from '@jest/globals';
import { causeOfHelm } from '../../../../src/core/helm/failure.js';

const AT = '2026-01-15T03:00:00.000Z';

describe('the error output of Helm', () => {
  it.each([
    ['RELEASE_LOCKED', 'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress'],
    [
      'RBAC_DENIED',
      'Error: UPGRADE FAILED: query: failed to query with labels: secrets is forbidden: User "system:serviceaccount:ci:bot" cannot list resource "secrets" in API group "" in the namespace "milvus"',
    ],
    [
      'RBAC_DENIED',
      'Error: UPGRADE FAILED: server-side apply failed for object milvus/my-milvus-proxy apps/v1, Kind=Deployment: deployments.apps "my-milvus-proxy" is forbidden: User "bot" cannot patch resource "deployments" in API group "apps" in the namespace "milvus"',
    ],
    [
      'IMMUTABLE_FIELD',
      "Error: UPGRADE FAILED: cannot patch \"my-etcd\" with kind StatefulSet: StatefulSet.apps \"my-etcd\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy' are forbidden",
    ],
    [
      'IMMUTABLE_FIELD',
      'Error: UPGRADE FAILED: cannot patch "my-milvus-proxy" with kind Deployment: Deployment.apps "my-milvus-proxy" is invalid: spec.selector: Invalid value: v1.LabelSelector{}: field is immutable',
    ],
    [
      'FIELD_CONFLICT',
      'Error: UPGRADE FAILED: conflict occurred while applying object milvus/my-milvus-proxy apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl-patch" using apps/v1: .spec.strategy.type',
    ],
    [
      'HOOK_FAILED',
      'Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* job my-migrate failed: BackoffLimitExceeded\n\n',
    ],
    ['HOOK_FAILED', 'Error: UPGRADE FAILED: pre-upgrade hooks failed: timed out waiting for the condition'],
    [
      'HOOK_FAILED',
      'Error: UPGRADE FAILED: post-upgrade hooks failed: resource Job/milvus/my-migrate not ready. status: Failed, message: Job Failed. failed: 1/1',
    ],
    [
      'RBAC_DENIED',
      'Error: UPGRADE FAILED: pre-upgrade hooks failed: warning: Hook pre-upgrade milvus/templates/job.yaml failed: jobs.batch is forbidden: User "bot" cannot create resource "jobs" in API group "batch" in the namespace "milvus"',
    ],
    [
      'QUOTA',
      'Error: UPGRADE FAILED: failed to create resource: persistentvolumeclaims "data" is forbidden: exceeded quota: q, requested: persistentvolumeclaims=1, used: 3, limited: 3',
    ],
    [
      'ADMISSION_DENIED',
      'Error: UPGRADE FAILED: cannot patch "my" with kind Deployment: admission webhook "policy.example.com" denied the request: no',
    ],
  ])('results in the cause %s for: %s', (code, stderr) => {
    const cause = causeOfHelm(`W1 a warning\n${stderr}`, AT);
    expect(cause).toMatchObject({ code, certain: true, since: AT, deployment: '' });
    expect(stderr).toContain(cause?.evidence.slice(1, 40));
  });

  it.each([
    'Error: UPGRADE FAILED: context deadline exceeded',
    'Error: chart "milvus" version "9" not found in repository',
    '',
  ])('results in no cause for: %s', (stderr) => {
    expect(causeOfHelm(stderr, AT)).toBeNull();
  });

  it('is quoted with the line after a heading', () => {
    const cause = causeOfHelm(
      'Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* job my-migrate failed: BackoffLimitExceeded\n\n',
      AT,
    );
    expect(cause?.evidence).toContain('1 error occurred: * job my-migrate failed: BackoffLimitExceeded');
  });
});
