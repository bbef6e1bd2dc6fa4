// Images that cannot be pulled: those that are not there, and those that the way to the registry keeps back for now.
import type { PodMemories } from './memory.js';
import { newPods, type ContainerSnapshot, type Snapshot, type PodSnapshot } from './sight.js';
import type { Symptom } from './symptom.js';

/** Why a container waits for its image (kubernetes pkg/kubelet/images/types.go, and pkg/kubelet/kuberuntime for the last). */
const REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ImageInspectError',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
/** Waiting cannot help whatever the message says. */
const HOPELESS = new Set(['InvalidImageName', 'ErrImageNeverPull', 'SignatureValidationFailed']);

/** The network, or a registry that has trouble. Asked first: "failed to resolve reference" stands before these as well. */
const TRANSIENT =
  /time(d )?-?out|deadline exceeded|TLS|x509|\bEOF\b|toomanyrequests|too many requests|connection (refused|reset)|no such host|no route to host|network is unreachable|server misbehaving|temporary failure|\b5\d\d (Internal|Bad|Service|Gateway)|i\/o/i;

const SERVER_STATUS = /: 5\d\d(?!\d)/;

/** What containerd, CRI-O, Docker and registries say of an image that is not there, or not for this user, or not for this machine. */
const NOT_FOUND =
  /not found|manifest unknown|name unknown|does not exist|denied|unauthorized|authentication required|authorization failed|no basic auth|forbidden|invalid reference|no match for platform|no matching manifest|no image found/i;

export function imageSymptoms(look: Snapshot, memories: PodMemories): Symptom[] {
  return newPods(look).flatMap((pod) =>
    pod.containers
      .filter((each) => each.state === 'waiting' && REASONS.has(each.reason))
      .map((each) => imageSymptom(pod, each, memories.get(pod.uid)?.pulls[each.name] ?? '')),
  );
}

function isTransient(words: string): boolean {
  return TRANSIENT.test(words) || (/status|code/i.test(words) && SERVER_STATUS.test(words));
}

function imageSymptom(pod: PodSnapshot, { reason, message, image }: ContainerSnapshot, pullWords: string): Symptom {
  const words = pullWords || message;
  const gone = HOPELESS.has(reason) || (!isTransient(words) && NOT_FOUND.test(words));
  const told = words.includes(image) || image === '' ? words : `${image}: ${words}`;
  return { code: gone ? 'IMAGE_NOT_FOUND' : 'IMAGE_PULL_TRANSIENT', deployment: pod.deployment, pod: pod.name, evidence: `${reason}: ${told}` };
}
