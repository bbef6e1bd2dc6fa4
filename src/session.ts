// One run from its inputs to its exit: what the action and the command share. Wires the cluster to the story; holds no rule of its own.
import { rmSync } from 'node:fs';
import { UpgradeError, toProblem, type Problem } from './core/errors.js';
import type { Emit, Event, Outcome } from './core/events.js';
import type { ComposeConfig } from './core/compose/wishes.js';
import type { Config } from './core/goal.js';
import { secretsOfInputs } from './core/input-secrets.js';
import type { RawInputs } from './core/inputs.js';
import { renderAnnotations, renderLog, type LogLine } from './core/log.js';
import { renderOutputs, type OutputName } from './core/outputs.js';
import { makeRedactor, secretsOf, type Redactor } from './core/redact.js';
import { readReport, unreportedCauses, type Report } from './core/report.js';
import { renderSummary } from './core/summary.js';
import { prepareLogin } from './runner/login.js';
import { prepareKubectl, prepareTools } from './runner/tools.js';
import { docsUrl, makePrivateDirectory, maskSecret, nameRun, readTextFile, writeReport } from './runner/workflow.js';
import { upgrade, type Platform } from './upgrade.js';
import { removeLeftovers } from './runner/private-folder.js';
import { writeProblem } from './runner/writable.js';

/** Where a run is started from and told: a runner, or a command line. */
export interface Place {
  print(line: LogLine): void;
  /** Sees every event, after its lines were printed. */
  watch(event: Event): void;
  writeOutputs(outputs: Readonly<Record<OutputName, string>>): void;
  writeSummary(markdown: string): void;
  /** Aborted when the run is asked to end. */
  readonly signal: AbortSignal;
}

/** What one run has while it lasts. */
interface Session {
  readonly place: Place;
  readonly emit: Emit;
  readonly events: readonly Event[];
  readonly redactor: Redactor;
  /** Keeps a secret out of every text from here on: of ours, and on GitHub of every later step. */
  readonly addSecret: (secret: string) => void;
  /** kubectl for later steps, which comes while the upgrade goes on. */
  kubectl: Promise<void>;
  /** Where secrets are written; empty until it is needed, and removed at the end. */
  directory: string;
}

/** Does what the inputs ask for, tells it everywhere, and leaves no secret behind. Never throws. */
export async function runSession(raw: RawInputs, place: Place): Promise<Report> {
  const events: Event[] = [];
  const redactor = makeRedactor();
  const emit: Emit = (draft) => {
    const event = { at: new Date().toISOString(), ...redactor.redactEvent(draft) } as Event;
    events.push(event);
    for (const line of renderLog(event)) place.print(line);
    place.watch(event);
  };
  const addSecret = (secret: string): void => {
    redactor.addSecret(secret);
    maskSecret(secret);
  };
  removeLeftovers();
  const session: Session = { place, emit, events, redactor, addSecret, kubectl: Promise.resolve(), directory: '' };
  const tidy = (): void => {
    if (session.directory) rmSync(session.directory, { recursive: true, force: true });
  };
  // For an end in the middle, too.
  process.once('exit', tidy);
  const outcome = await reach(raw, session);
  await session.kubectl;
  tidy();
  emit({ type: 'phase-started', phase: 'result' });
  emit({ type: 'ended', outcome });
  return publish(session, raw);
}

async function reach(raw: RawInputs, session: Session): Promise<Outcome> {
  const { emit, place } = session;
  const open = (config: Config, signal: AbortSignal): Promise<Platform> => openPlatform(config, session, signal);
  try {
    secretsOfInputs(raw).forEach(session.addSecret);
    return await upgrade(raw, { readFile: readTextFile, writeProblem, open, emit, monotonic: () => performance.now(), signal: place.signal });
  } catch (error) {
    const problem = place.signal.aborted ? asCancelled(error) : toProblem(error);
    // Those that a step waited for were told when they were found.
    for (const cause of unreportedCauses(problem.causes ?? [], session.events)) emit({ type: 'cause-found', cause });
    emit({ type: 'failed', problem });
    return problem.code === 'cancelled' || place.signal.aborted ? 'cancelled' : 'failed';
  }
}

/** What fails on its own after a cancel fails because of it. */
function asCancelled(error: unknown): Problem {
  if (error instanceof UpgradeError) return toProblem(error);
  const { why } = toProblem(error);
  return { code: 'cancelled', what: 'The run was cancelled', why, remedy: 'Run the action again: it resumes from what it finds.' };
}

/** `opening` ends what is done here; the world itself lasts until the run is cancelled. */
async function openPlatform(config: Config, session: Session, opening: AbortSignal): Promise<Platform> {
  const { emit, place, redactor, addSecret } = session;
  secretsOf(config.values).forEach(addSecret);
  if (config.compose) return openProject(config, config.compose, session);
  const directory = makePrivateDirectory();
  session.directory = directory;
  const access = prepareLogin(config.login, { directory, addSecret, env: process.env });
  const options = { emit, directory, signal: place.signal };
  // Loaded only now: the Kubernetes client takes as long to load as everything else together.
  const { openCluster, openKubernetes } = await import('./kubernetes/open.js');
  // Connects while Helm comes, so that a login that does not work is told before anything else.
  const [cluster, program] = await Promise.all([openCluster(access, options, opening), prepareTools(config.tools, { ...options, signal: opening })]);
  // It may last longer than the run, and not longer than its time.
  session.kubectl = prepareKubectl(config.tools, cluster.serverVersion, { ...options, signal: AbortSignal.any([place.signal, opening]) });
  return openKubernetes({ config, access, cluster, run: nameRun(), program, redact: (text) => redactor.redact(text), ...options });
}

async function openProject(config: Config, requested: ComposeConfig, { emit, place, redactor, addSecret }: Session): Promise<Platform> {
  const { openCompose } = await import('./compose/open.js');
  return openCompose({ config, requested, emit, addSecret, run: nameRun(), redact: (text) => redactor.redact(text), signal: place.signal, env: process.env });
}

function publish({ events, place, redactor }: Session, raw: RawInputs): Report {
  const platform = raw.platform === 'compose' ? ('compose' as const) : ('helm' as const);
  const requested = {
    platform,
    release: platform === 'compose' ? raw['project-name'] : raw.release,
    namespace: platform === 'compose' ? '' : raw.namespace,
    targetVersion: raw['target-version'].replace(/^v/, ''),
    operation: raw.operation,
  };
  // A secret that was written into the wrong input.
  const report = readReport(events, redactor.redactAll(requested));
  for (const line of renderAnnotations(report)) place.print(line);
  /** What became of the cluster is true whether or not it can be written down: a full disk must not turn an upgrade into a failure. */
  const attempt = (what: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      place.print({ kind: 'warning', text: `${what} could not be written: ${String(error)}` });
    }
  };
  let reportPath = '';
  attempt('the report', () => {
    const written = writeReport(report, raw['report-path']);
    reportPath = written.path;
    if (written.problem) place.print({ kind: 'warning', text: written.problem });
  });
  attempt('the outputs', () => place.writeOutputs(renderOutputs(report, reportPath)));
  attempt('the job summary', () => place.writeSummary(renderSummary(report, docsUrl())));
  return report;
}
