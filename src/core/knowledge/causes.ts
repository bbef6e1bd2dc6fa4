// What is known about each cause: how long it must be seen before it is told and before it is certain, what to do about it, and where the fact comes from.
import type { CauseCode } from '../causes.js';

export interface CauseFacts {
  /** One or two sentences that a person can act on at three in the morning. */
  readonly hint: string;
  /** How long it must stand before it is told at all: most of it heals by itself within seconds. */
  readonly reportAfterSeconds: number;
  /** How long it must stand before waiting on will not help; null when that is never certain by itself. */
  readonly certainAfterSeconds: number | null;
  readonly source: string;
}

/** The most telling ones first: where several stand for one Deployment, the first explains the others. */
export const CAUSES: Readonly<Record<CauseCode, CauseFacts>> = {
  RBAC_DENIED: {
    hint: 'Give the user of this kubeconfig the right that is named; `kubectl auth can-i --list --namespace …` shows what it has.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'kubernetes/apiserver pkg/endpoints/handlers/responsewriters/errors.go: forbidden',
  },
  RELEASE_LOCKED: {
    hint: 'Another Helm command works on this release, or died on it. Wait for it, and run the action again: it clears what a dead run of its own left.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'helm/helm pkg/action/action.go: errPending',
  },
  IMMUTABLE_FIELD: {
    hint: 'Kubernetes does not change this field of an existing object. Set the value back to what runs, or delete the object in a maintenance window (a StatefulSet with --cascade=orphan).',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'kubernetes pkg/apis/apps/validation/validation.go: ValidateStatefulSetUpdate; apimachinery pkg/api/validation: ValidateImmutableField',
  },
  FIELD_CONFLICT: {
    hint: 'Another program owns the field that is named (an autoscaler, kubectl). Take the field out of the values or out of that program.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'helm/helm 4 pkg/kube/client.go: "conflict occurred while applying object"',
  },
  HOOK_FAILED: {
    hint: 'A hook of the chart failed: read the log of its Job (`kubectl logs job/…`). Mend the cause and run the action again.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'helm/helm pkg/action/upgrade.go: "pre-upgrade hooks failed"; hooks.go: "warning: Hook … failed"',
  },
  IMAGE_NOT_FOUND: {
    hint: 'Check repository and tag of the image, and whether the nodes may pull it (imagePullSecrets). The registry answered that it is not there, or not for this user.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 20,
    source: 'kubernetes pkg/kubelet/images/types.go; the second try comes 10 s after the first (image back-off)',
  },
  CONFIG_MISSING: {
    hint: 'Create the ConfigMap, Secret or key that is named, or take the reference out of the values. The pod starts by itself once it is there.',
    reportAfterSeconds: 3,
    certainAfterSeconds: 20,
    source: 'kubernetes pkg/kubelet/kuberuntime: ErrCreateContainerConfig; pkg/volume/configmap and secret',
  },
  QUOTA: {
    hint: 'Raise the quota or limit that is named (`kubectl describe resourcequota,limitrange`), or ask for less: during a rollout old and new pods count together.',
    reportAfterSeconds: 5,
    certainAfterSeconds: 20,
    source: 'kubernetes plugin/pkg/admission/resourcequota/controller.go: "exceeded quota"; limitranger',
  },
  ADMISSION_DENIED: {
    hint: 'An admission rule of the cluster refuses the pod. Its words say what it wants: change the values, or ask for an exception.',
    reportAfterSeconds: 5,
    certainAfterSeconds: 20,
    source: 'kubernetes/apiserver pkg/admission/plugin/webhook/errors: "admission webhook … denied the request"',
  },
  PVC_UNBOUND: {
    hint: 'The volume claim is missing, unbound or cannot be attached: look with `kubectl describe pvc`, and check its storage class and its provisioner.',
    reportAfterSeconds: 10,
    certainAfterSeconds: 60,
    source: 'kubernetes pkg/scheduler/framework/plugins/volumebinding; pkg/controller/volume',
  },
  NODE_PRESSURE: {
    hint: 'Nodes lack memory, disk or process ids and turn pods away: `kubectl describe nodes` shows the condition. Free the resource or add a node.',
    reportAfterSeconds: 5,
    certainAfterSeconds: 30,
    source: 'kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction',
  },
  UNSCHEDULABLE: {
    hint: 'No node takes the pod. Add room or a node, or lower the requests: during a rollout old and new pods need room together.',
    reportAfterSeconds: 10,
    certainAfterSeconds: 60,
    source: 'kubernetes pkg/scheduler/schedule_one.go: PodReasonUnschedulable',
  },
  OOM_KILLED: {
    hint: 'The container needs more memory than its limit: raise resources.limits.memory of this component.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'kubernetes pkg/kubelet/kuberuntime: the reason OOMKilled',
  },
  CRASH_LOOP: {
    hint: 'Read why it ends: `kubectl logs --previous` of the pod that is named. Often a setting that this version does not know, or a dependency that it does not reach.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 120,
    source:
      'kubernetes pkg/kubelet/kuberuntime: CrashLoopBackOff, 10 s doubled up to 300 s; a Milvus session in etcd lives for 60 s, and a coordinator ends while it stands',
  },
  PROBE_FAILING: {
    hint: 'The container runs and does not answer its probe. Read its log; check what it depends on (etcd, object store, message queue), and whether the probe gives it enough time.',
    reportAfterSeconds: 60,
    certainAfterSeconds: 300,
    source: 'kubernetes pkg/kubelet/prober: Unhealthy; the chart waits 90 s before the first probe (zilliztech/milvus-helm values.yaml)',
  },
  IMAGE_PULL_TRANSIENT: {
    hint: 'The registry or the way to it has trouble; the kubelet keeps trying. Check the registry’s name, its status, its pull limit and the network of the node.',
    reportAfterSeconds: 5,
    certainAfterSeconds: null,
    source: 'kubernetes pkg/kubelet/images/image_manager.go: back-off of pulls',
  },
  OLD_PODS_DRAINING: {
    hint: 'Old pods hand over what they hold, which is normal within their grace period. Past it, look at the node (is it gone?) and at finalizers; `kubectl delete pod --force` only when the node is surely dead.',
    reportAfterSeconds: 60,
    certainAfterSeconds: 60,
    source: 'kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle, "Termination of Pods"; milvus-io/milvus#46678',
  },
  NO_ACTIVITY: {
    hint: 'Whoever should act is silent: look at the controller manager, the scheduler, and the kubelet of the node that is named (`kubectl get nodes`).',
    reportAfterSeconds: 60,
    certainAfterSeconds: 120,
    source: 'kubernetes.io/docs/concepts/architecture; a healthy control plane acts within seconds',
  },
  PROGRESS_DEADLINE: {
    hint: 'The Deployment made no progress for its progressDeadlineSeconds. `kubectl describe deployment` and the pods’ logs tell why.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'kubernetes pkg/controller/deployment/progress.go: TimedOutReason',
  },
  CANCELLED: {
    hint: 'Nothing was undone. Run the action again: it goes on from what it finds.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'the signal that the runner sent',
  },
};
