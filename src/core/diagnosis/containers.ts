// Containers that start and do not stay: crashes, kills for memory or by a probe, missing configuration, and those that run without being ready.
import { endedInThisRun, timesEnded, type PodMemories, type PodMemory } from './memory.js';
import { kubernetesEventsOf, newPods, type ContainerSnapshot, type Exit, type KubernetesEvent, type Snapshot, type PodSnapshot } from './sight.js';
import type { Symptom } from './symptom.js';
import { inOrder } from '../text-scan.js';

/** So many ends, and so long in the back-off, that a dependency which starts late or an old session (60 s in etcd) cannot be the reason. */
const CRASHES = 3;
/** Nodes with a short back-off restart often within seconds; the longest wait that heals by itself still counts. */
const MANY_RESTARTS = 4;
const MANY_RESTARTS_SECONDS = 60;
/** A probe's kill ends the container within its grace period. */
const KILL_GRACE_MILLISECONDS = 120_000;
/** What a container that was asked to end answers: cleanly, SIGKILL, SIGTERM. */
const KILLED = new Set([0, 137, 143]);
/** Without a word of the kubelet on probes, a container may simply start slowly. */
const SLOW_START_SECONDS = 300;

export function containerSymptoms(look: Snapshot, memories: PodMemories): Symptom[] {
  return newPods(look).flatMap((pod) => (pod.ready ? [] : podSymptoms(pod, look, memories.get(pod.uid))));
}

function podSymptoms(pod: PodSnapshot, look: Snapshot, memory: PodMemory | undefined): Symptom[] {
  const kubernetesEvents = kubernetesEventsOf(pod, look);
  const drains = look.pods.some((each) => each.deployment === pod.deployment && each.terminating !== null);
  const each = (container: ContainerSnapshot): Symptom[] => {
    const patient = { pod, container, kubernetesEvents, exits: memory?.exits[container.name] ?? [], ended: endedInThisRun(container, memory), drains };
    return [configMissing(patient), outOfMemory(patient), killedByProbe(patient) ?? notStarted(patient) ?? crashes(patient), notReady(patient)].filter(
      (found) => found !== null,
    );
  };
  return [...pod.containers.flatMap(each), ...mountMissing(pod, kubernetesEvents)];
}

interface Patient {
  readonly pod: PodSnapshot;
  readonly container: ContainerSnapshot;
  readonly kubernetesEvents: readonly KubernetesEvent[];
  readonly exits: readonly Exit[];
  /** How often it ended in this run. */
  readonly ended: number;
  /** True while an old pod of the same Deployment still ends. */
  readonly drains: boolean;
}

function symptom({ pod, container }: Patient, code: Symptom['code'], evidence: string): Symptom {
  return { code, deployment: pod.deployment, pod: pod.name, evidence: `container ${container.name} ${evidence}` };
}

function configMissing(patient: Patient): Symptom | null {
  const { state, reason, message } = patient.container;
  return state === 'waiting' && reason === 'CreateContainerConfigError' ? symptom(patient, 'CONFIG_MISSING', `cannot be made: ${message}`) : null;
}

function tellsMissingMount(message: string): boolean {
  const words = message.toLowerCase();
  return /non-existent (?:config|secret) key/.test(words) || ['configmap', 'secret'].some((kind) => inOrder(words, kind, ' ', 'not found'));
}

function mountMissing(pod: PodSnapshot, kubernetesEvents: readonly KubernetesEvent[]): Symptom[] {
  if (pod.containers.some((each) => each.state !== 'waiting' || each.restarts > 0)) return [];
  return kubernetesEvents
    .filter((each) => each.reason === 'FailedMount' && tellsMissingMount(each.message))
    .map(({ message }) => ({ code: 'CONFIG_MISSING', deployment: pod.deployment, pod: pod.name, evidence: message }));
}

function outOfMemory(patient: Patient): Symptom | null {
  const kills = patient.exits.filter((each) => each.reason === 'OOMKilled').length;
  if (kills === 0 || patient.ended === 0) return null;
  const found = symptom(patient, 'OOM_KILLED', `was killed for memory${kills > 1 ? ` ${kills} times` : ''} (OOMKilled, exit code 137)`);
  return kills > 1 ? found : { ...found, certainAfterSeconds: null };
}

function killedByProbe(patient: Patient): Symptom | null {
  const { kubernetesEvents, exits, ended } = patient;
  const failed = kubernetesEvents.findLast((each) => each.reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(each.message));
  const byProbe = (exit: Exit): boolean =>
    failed !== undefined && KILLED.has(exit.exitCode) && Date.parse(exit.at) < Date.parse(failed.lastAt) + KILL_GRACE_MILLISECONDS && exit.at >= failed.firstAt;
  const kills = exits.filter(byProbe).length;
  if (!failed || kills === 0 || ended === 0) return null;
  const found = symptom(patient, 'PROBE_FAILING', `was ended ${kills} times since its probe failed: ${failed.message}`);
  return { ...found, reportAfterSeconds: 0, certainAfterSeconds: kills > 1 ? 0 : null };
}

function notStarted(patient: Patient): Symptom | null {
  const { state, reason, message } = patient.container;
  const refused = state === 'waiting' && /^(CreateContainerError|RunContainerError)$/.test(reason);
  return refused ? symptom(patient, 'CRASH_LOOP', `cannot be started: ${reason}: ${message}`) : null;
}

/** The time in which it runs does not count: the third start may be the one that stays, and the chart's readiness probe waits for 90 s. */
function crashes(patient: Patient): Symptom | null {
  const { container, exits, drains } = patient;
  const exit = exits.at(-1);
  const down = isDown(container);
  if (!exit || !isCrash(exit, patient) || !(down || (container.state === 'running' && !container.isInit))) return null;
  const found = symptom(
    patient,
    'CRASH_LOOP',
    `ended ${timesEnded(container)} times, last with exit code ${exit.exitCode} (${exit.reason || 'no reason given'})`,
  );
  return { ...found, ...patienceWith(patient), excused: drains || !down };
}

function isDown({ state, reason }: ContainerSnapshot): boolean {
  return state === 'waiting' ? reason === 'CrashLoopBackOff' : state === 'terminated';
}

/** A server that ends cleanly, again and again, does not serve either. */
function isCrash({ reason, exitCode }: Exit, { container, ended }: Patient): boolean {
  if (reason === 'OOMKilled') return false;
  return exitCode !== 0 || (!container.isInit && ended > 1);
}

/** Ends of the time before this run alone prove nothing: their cause may be mended, and the next start the one that stays. */
function patienceWith({ container, ended }: Patient): Pick<Symptom, 'certainAfterSeconds'> {
  if (ended > 0 && container.restarts >= MANY_RESTARTS) return { certainAfterSeconds: MANY_RESTARTS_SECONDS };
  return ended >= CRASHES ? {} : { certainAfterSeconds: null };
}

function notReady(patient: Patient): Symptom | null {
  const { container, kubernetesEvents, ended } = patient;
  if (container.isInit || container.state !== 'running' || container.ready || ended > 0) return null;
  const failed = kubernetesEvents.findLast((each) => each.reason === 'Unhealthy' && each.lastAt >= container.startedAt);
  const since = `runs since ${container.startedAt} and is not ready`;
  if (failed) return symptom(patient, 'PROBE_FAILING', `${since}: ${failed.message} (${failed.count} times)`);
  return { ...symptom(patient, 'PROBE_FAILING', `${since}; nothing was told of its probe`), reportAfterSeconds: SLOW_START_SECONDS, certainAfterSeconds: null };
}
