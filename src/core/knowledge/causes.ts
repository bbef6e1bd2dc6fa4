// Facts about each cause: how long it must be present before it is reported and before it is certain, what to do about
// it, and the source of the fact.
import type { CauseCode } from '../model/cause-code.js';

export interface CauseFacts {
  /** One or two sentences with the next action. */
  readonly hint: string;
  /** How long it must be present before it is reported: most symptoms resolve automatically within seconds. */
  readonly reportAfterSeconds: number;
  /** How long it must be present before waiting longer does not help; null if that is never certain. */
  readonly certainAfterSeconds: number | null;
  readonly source: string;
}

/** The most specific causes first: if a Deployment has several, the first explains the others. */
export const CAUSES: Readonly<Record<CauseCode, CauseFacts>> = {
  RBAC_DENIED: {
    hint: 'Grant the user of this kubeconfig the missing right; `kubectl auth can-i --list --namespace …` shows the granted rights.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'kubernetes/apiserver pkg/endpoints/handlers/responsewriters/errors.go: forbidden',
  },
  RELEASE_LOCKED: {
    hint: 'Another Helm process is changing this release, or was terminated while it did. Wait for it, then run the action again: it unlocks a release that a terminated run of the action left pending.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'helm/helm pkg/action/action.go: errPending',
  },
  IMMUTABLE_FIELD: {
    hint: 'This field of an existing object is immutable. Restore the current value. Never delete a PersistentVolumeClaim: that can delete its data. A Deployment or a Job can be deleted in a maintenance window, a StatefulSet only with --cascade=orphan.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source:
      'kubernetes pkg/apis/apps/validation/validation.go: ValidateStatefulSetUpdate; apimachinery pkg/api/validation: ValidateImmutableField',
  },
  FIELD_CONFLICT: {
    hint: 'Another program (an autoscaler, kubectl) owns this field. Remove the field from the values or from that program.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'helm/helm 4 pkg/kube/client.go: "conflict occurred while applying object"',
  },
  HOOK_FAILED: {
    hint: 'A chart hook failed. Read the log of its Job (`kubectl logs job/…`), fix the cause and run the action again.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'helm/helm pkg/action/upgrade.go: "pre-upgrade hooks failed"; hooks.go: "warning: Hook … failed"',
  },
  IMAGE_NOT_FOUND: {
    hint: 'Check the repository and tag of the image, and whether the nodes are allowed to pull it (imagePullSecrets). According to the registry, the image does not exist or access is denied.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 20,
    source: 'kubernetes pkg/kubelet/images/types.go; the second try comes 10 s after the first (image back-off)',
  },
  CONFIG_MISSING: {
    hint: 'Create the missing ConfigMap, Secret or key, or remove the reference from the values. The pod starts automatically once it exists.',
    reportAfterSeconds: 3,
    certainAfterSeconds: 20,
    source: 'kubernetes pkg/kubelet/kuberuntime: ErrCreateContainerConfig; pkg/volume/configmap and secret',
  },
  QUOTA: {
    hint: 'Raise the quota or limit (`kubectl describe resourcequota,limitrange`), or lower the requests: during a rollout old and new pods count together.',
    reportAfterSeconds: 5,
    certainAfterSeconds: 20,
    source: 'kubernetes plugin/pkg/admission/resourcequota/controller.go: "exceeded quota"; limitranger',
  },
  ADMISSION_DENIED: {
    hint: 'An admission policy of the cluster rejects the pod. Its message contains the requirement: change the values, or request an exception.',
    reportAfterSeconds: 5,
    certainAfterSeconds: 20,
    source: 'kubernetes/apiserver pkg/admission/plugin/webhook/errors: "admission webhook … denied the request"',
  },
  PVC_UNBOUND: {
    hint: 'The volume claim is missing or unbound, or its volume cannot be attached. Run `kubectl describe pvc`, and check the storage class and its provisioner.',
    reportAfterSeconds: 10,
    certainAfterSeconds: 60,
    source: 'kubernetes pkg/scheduler/framework/plugins/volumebinding; pkg/controller/volume',
  },
  NODE_PRESSURE: {
    hint: 'Nodes are short of memory, disk space or process IDs and reject pods: `kubectl describe nodes` shows the condition. Free the resource or add a node.',
    reportAfterSeconds: 5,
    certainAfterSeconds: 30,
    source: 'kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction',
  },
  UNSCHEDULABLE: {
    hint: 'No node can run the pod. Add capacity or a node, or lower the requests: during a rollout old and new pods run at the same time.',
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
    hint: 'Read the log of the terminated container: `kubectl logs --previous` for this pod. Frequent reasons: a setting that this version does not support, or an unreachable dependency.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 120,
    source:
      'kubernetes pkg/kubelet/kuberuntime: CrashLoopBackOff, 10 s doubled up to 300 s; a Milvus session in etcd expires after 60 s, and a coordinator exits while it exists',
  },
  PROBE_FAILING: {
    hint: 'The container runs but its probe fails. Read its log; check its dependencies (etcd, object store, message queue) and whether the probe allows enough time.',
    reportAfterSeconds: 60,
    certainAfterSeconds: 300,
    source:
      'kubernetes pkg/kubelet/prober: Unhealthy; the chart waits 90 s before the first probe (zilliztech/milvus-helm values.yaml)',
  },
  IMAGE_PULL_TRANSIENT: {
    hint: 'The registry or the network connection to it has a problem; the kubelet keeps retrying. Check the name of the registry, its status, its pull limit and the network of the node.',
    reportAfterSeconds: 5,
    certainAfterSeconds: null,
    source: 'kubernetes pkg/kubelet/images/image_manager.go: back-off of pulls',
  },
  OLD_PODS_DRAINING: {
    hint: 'Old pods hand over their segments and channels, which is normal within their grace period. After it, check whether the node still exists, and check finalizers; use `kubectl delete pod --force` only if the node is confirmed dead.',
    reportAfterSeconds: 60,
    certainAfterSeconds: 60,
    source: 'kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle, "Termination of Pods"; milvus-io/milvus#46678',
  },
  NO_ACTIVITY: {
    hint: 'A Kubernetes component does not respond: check the controller manager, the scheduler, and the kubelet of the named node (`kubectl get nodes`).',
    reportAfterSeconds: 60,
    certainAfterSeconds: 120,
    source: 'kubernetes.io/docs/concepts/architecture; a healthy control plane acts within seconds',
  },
  PROGRESS_DEADLINE: {
    hint: 'The Deployment made no progress for its progressDeadlineSeconds. `kubectl describe deployment` and the logs of the pods show the reason.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'kubernetes pkg/controller/deployment/progress.go: TimedOutReason',
  },
  CANCELLED: {
    hint: 'Nothing was rolled back. Run the action again: it resumes from the observed state.',
    reportAfterSeconds: 0,
    certainAfterSeconds: 0,
    source: 'the signal that the runner sent',
  },
};
