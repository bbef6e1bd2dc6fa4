// Images that cannot be pulled: missing images, and images that the registry or the network temporarily does not
// deliver.
import type { PodMemories } from './memory.js';
import type { PodContainer } from '../model/pod.js';
import { newPods, type Snapshot, type PodSnapshot } from './snapshot.js';
import type { Symptom } from './symptom.js';

/**
 * Why a container waits for its image (kubernetes pkg/kubelet/images/types.go, and pkg/kubelet/kuberuntime for the
 * last).
 */
const REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ImageInspectError',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
/** Waiting does not help, whatever the message contains. */
const HOPELESS = new Set(['InvalidImageName', 'ErrImageNeverPull', 'SignatureValidationFailed']);

/** Problems of the network or the registry. Matched first: "failed to resolve reference" precedes these as well. */
const TRANSIENT =
  /time(d )?-?out|deadline exceeded|TLS|x509|\bEOF\b|toomanyrequests|too many requests|connection (refused|reset)|no such host|no route to host|network is unreachable|server misbehaving|temporary failure|\b5\d\d (Internal|Bad|Service|Gateway)|i\/o/i;

const SERVER_STATUS = /: 5\d\d(?!\d)/;

/**
 * Messages of containerd, CRI-O, Docker and registries for an image that does not exist, is not accessible, or does not
 * support the platform.
 */
const NOT_FOUND =
  /not found|manifest unknown|name unknown|does not exist|denied|unauthorized|authentication required|authorization failed|no basic auth|forbidden|invalid reference|no match for platform|no matching manifest|no image found/i;

export function imageSymptoms(snapshot: Snapshot, memories: PodMemories): Symptom[] {
  return newPods(snapshot).flatMap((pod) =>
    pod.containers
      .filter((container) => container.state === 'waiting' && REASONS.has(container.reason))
      .map((container) => imageSymptom(pod, container, memories.get(pod.uid)?.pulls[container.name] ?? '')),
  );
}

function isTransient(message: string): boolean {
  return TRANSIENT.test(message) || (/status|code/i.test(message) && SERVER_STATUS.test(message));
}

function imageSymptom(pod: PodSnapshot, { reason, message, image }: PodContainer, pullMessage: string): Symptom {
  const fullMessage = pullMessage || message;
  const gone = HOPELESS.has(reason) || (!isTransient(fullMessage) && NOT_FOUND.test(fullMessage));
  const details = fullMessage.includes(image) || image === '' ? fullMessage : `${image}: ${fullMessage}`;
  return {
    code: gone ? 'IMAGE_NOT_FOUND' : 'IMAGE_PULL_TRANSIENT',
    deployment: pod.deployment,
    pod: pod.name,
    evidence: `${reason}: ${details}`,
  };
}
