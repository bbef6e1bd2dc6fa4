// Containers that do not keep running: crashes, out-of-memory kills, failed probes and missing configuration; and
// containers that run but are not ready.
import { endedInThisRun, timesEnded, type PodMemories, type PodMemory } from './memory.js';
import type { PodContainer, Exit } from '../model/pod.js';
import { kubernetesEventsOf, newPods, type KubernetesEvent, type Snapshot, type PodSnapshot } from './snapshot.js';
import type { Symptom } from './symptom.js';
import { inOrder } from '../lib/text-scan.js';

/**
 * After this many terminations and this much back-off, a late dependency or an old session (60 s in etcd) cannot be the
 * reason.
 */
const CRASHES = 3;
/**
 * Nodes with a short back-off restart a container several times within seconds; the longest wait that can resolve
 * automatically still applies.
 */
const MANY_RESTARTS = 4;
const MANY_RESTARTS_SECONDS = 60;
/** A container that a probe kills terminates within its grace period. */
const KILL_GRACE_MILLISECONDS = 120_000;
/** Exit codes of a container that was stopped: clean exit, SIGKILL, SIGTERM. */
const KILLED = new Set([0, 137, 143]);
/** If the kubelet reports no probe failure, the container may start slowly. */
const SLOW_START_SECONDS = 300;

export function containerSymptoms(snapshot: Snapshot, memories: PodMemories): Symptom[] {
  return newPods(snapshot).flatMap((pod) => (pod.ready ? [] : podSymptoms(pod, snapshot, memories.get(pod.uid))));
}

function podSymptoms(pod: PodSnapshot, snapshot: Snapshot, memory: PodMemory | undefined): Symptom[] {
  const kubernetesEvents = kubernetesEventsOf(pod, snapshot);
  const drains = snapshot.pods.some((other) => other.deployment === pod.deployment && other.terminating !== null);
  const symptomsOf = (container: PodContainer): Symptom[] => {
    const patient = {
      pod,
      container,
      kubernetesEvents,
      exits: memory?.exits[container.name] ?? [],
      ended: endedInThisRun(container, memory),
      drains,
    };
    return [
      configMissing(patient),
      outOfMemory(patient),
      killedByProbe(patient) ?? notStarted(patient) ?? crashes(patient),
      notReady(patient),
    ].filter((found) => found !== null);
  };
  return [...pod.containers.flatMap(symptomsOf), ...mountMissing(pod, kubernetesEvents)];
}

interface Patient {
  readonly pod: PodSnapshot;
  readonly container: PodContainer;
  readonly kubernetesEvents: readonly KubernetesEvent[];
  readonly exits: readonly Exit[];
  /** How many times it terminated in this run. */
  readonly ended: number;
  /** True while an old pod of the same Deployment is terminating. */
  readonly drains: boolean;
}

function symptom({ pod, container }: Patient, code: Symptom['code'], evidence: string): Symptom {
  return { code, deployment: pod.deployment, pod: pod.name, evidence: `container ${container.name} ${evidence}` };
}

function configMissing(patient: Patient): Symptom | null {
  const { state, reason, message } = patient.container;
  return state === 'waiting' && reason === 'CreateContainerConfigError'
    ? symptom(patient, 'CONFIG_MISSING', `cannot be created: ${message}`)
    : null;
}

function isMissingMount(message: string): boolean {
  const words = message.toLowerCase();
  return (
    /non-existent (?:config|secret) key/.test(words) ||
    ['configmap', 'secret'].some((kind) => inOrder(words, kind, ' ', 'not found'))
  );
}

function mountMissing(pod: PodSnapshot, kubernetesEvents: readonly KubernetesEvent[]): Symptom[] {
  if (pod.containers.some((container) => container.state !== 'waiting' || container.restarts > 0)) return [];
  return kubernetesEvents
    .filter((event) => event.reason === 'FailedMount' && isMissingMount(event.message))
    .map(({ message }) => ({ code: 'CONFIG_MISSING', deployment: pod.deployment, pod: pod.name, evidence: message }));
}

function outOfMemory(patient: Patient): Symptom | null {
  const kills = patient.exits.filter((exit) => exit.reason === 'OOMKilled').length;
  if (kills === 0 || patient.ended === 0) return null;
  const found = symptom(
    patient,
    'OOM_KILLED',
    `ran out of memory and was killed${kills > 1 ? ` ${kills} times` : ''} (OOMKilled, exit code 137)`,
  );
  return kills > 1 ? found : { ...found, certainAfterSeconds: null };
}

function killedByProbe(patient: Patient): Symptom | null {
  const { kubernetesEvents, exits, ended } = patient;
  const failed = kubernetesEvents.findLast(
    (event) => event.reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(event.message),
  );
  const byProbe = (exit: Exit): boolean =>
    failed !== undefined &&
    KILLED.has(exit.exitCode) &&
    Date.parse(exit.at) < Date.parse(failed.lastAt) + KILL_GRACE_MILLISECONDS &&
    exit.at >= failed.firstAt;
  const kills = exits.filter(byProbe).length;
  if (!failed || kills === 0 || ended === 0) return null;
  const found = symptom(
    patient,
    'PROBE_FAILING',
    `was killed ${kills} times because its probe failed: ${failed.message}`,
  );
  return { ...found, reportAfterSeconds: 0, certainAfterSeconds: kills > 1 ? 0 : null };
}

function notStarted(patient: Patient): Symptom | null {
  const { state, reason, message } = patient.container;
  const refused = state === 'waiting' && /^(CreateContainerError|RunContainerError)$/.test(reason);
  return refused ? symptom(patient, 'CRASH_LOOP', `cannot be started: ${reason}: ${message}`) : null;
}

/**
 * The time while it runs does not count: the third start may succeed, and the chart's readiness probe waits for 90 s.
 */
function crashes(patient: Patient): Symptom | null {
  const { container, exits, drains } = patient;
  const exit = exits.at(-1);
  const down = isDown(container);
  if (!exit || !isCrash(exit, patient) || !(down || (container.state === 'running' && !container.isInit))) return null;
  const found = symptom(
    patient,
    'CRASH_LOOP',
    `terminated ${timesEnded(container)} times, most recently with exit code ${exit.exitCode} (${exit.reason || 'no reason'})`,
  );
  return { ...found, ...patienceWith(patient), excused: drains || !down };
}

function isDown({ state, reason }: PodContainer): boolean {
  return state === 'waiting' ? reason === 'CrashLoopBackOff' : state === 'terminated';
}

/** A server that exits cleanly several times does not serve either. */
function isCrash({ reason, exitCode }: Exit, { container, ended }: Patient): boolean {
  if (reason === 'OOMKilled') return false;
  return exitCode !== 0 || (!container.isInit && ended > 1);
}

/** Terminations before this run alone prove nothing: their cause may be fixed, and the next start may succeed. */
function patienceWith({ container, ended }: Patient): Pick<Symptom, 'certainAfterSeconds'> {
  if (ended > 0 && container.restarts >= MANY_RESTARTS) return { certainAfterSeconds: MANY_RESTARTS_SECONDS };
  return ended >= CRASHES ? {} : { certainAfterSeconds: null };
}

function notReady(patient: Patient): Symptom | null {
  const { container, kubernetesEvents, ended } = patient;
  if (container.isInit || container.state !== 'running' || container.ready || ended > 0) return null;
  const failed = kubernetesEvents.findLast(
    (event) => event.reason === 'Unhealthy' && event.lastAt >= container.startedAt,
  );
  const since = `has been running since ${container.startedAt} and is not ready`;
  if (failed) return symptom(patient, 'PROBE_FAILING', `${since}: ${failed.message} (${failed.count} times)`);
  return {
    ...symptom(patient, 'PROBE_FAILING', `${since}; Kubernetes reported no probe failure`),
    reportAfterSeconds: SLOW_START_SECONDS,
    certainAfterSeconds: null,
  };
}
