// The entry: wires the runner and the cluster to the story, and sets the exit code. Holds no rule of its own.
import { rmSync } from 'node:fs';
import { UpgradeError, toProblem } from './core/errors.js';
import type { Emit, Event, Outcome } from './core/events.js';
import type { Goal } from './core/goal.js';
import { renderAnnotations, renderLog } from './core/log.js';
import { renderOutputs } from './core/outputs.js';
import { secretsOfInputs } from './core/input-secrets.js';
import { makeRedactor, secretsOf } from './core/redact.js';
import { readReport, untoldCauses } from './core/report.js';
import { renderSummary } from './core/summary.js';
import { prepareLogin } from './runner/login.js';
import { prepareKubectl, prepareTools } from './runner/tools.js';
import {
  docsUrl,
  makePrivateFolder,
  maskSecret,
  nameRun,
  printLine,
  readInputs,
  readTextFile,
  writeOutputs,
  writeReport,
  writeSummary,
} from './runner/workflow.js';
import { upgrade, type World } from './upgrade.js';

/** Outcomes after which the step is green. */
const GOOD: ReadonlySet<Outcome> = new Set(['succeeded', 'unchanged', 'planned']);

const raw = readInputs();
const cancel = new AbortController();
const events: Event[] = [];
const redactor = makeRedactor();
let folder = '';
/** kubectl for later steps, while the upgrade goes on. */
let kubectl: Promise<void> = Promise.resolve();

const emit: Emit = (draft) => {
  const event = { at: new Date().toISOString(), ...redactor.redact(draft) } as Event;
  events.push(event);
  for (const line of renderLog(event)) printLine(line);
};

/** From here on the secret is in no text: not of ours, and on GitHub not of any later step. */
function hide(secret: string): void {
  redactor.hide(secret);
  maskSecret(secret);
}

async function open(goal: Goal): Promise<World> {
  secretsOf(goal.values).forEach(hide);
  folder = makePrivateFolder();
  const access = prepareLogin(goal.login, { folder, hide, env: process.env });
  const options = { emit, folder, signal: cancel.signal };
  // Loaded only now: the Kubernetes client takes as long to load as everything else together.
  const { openCluster, openKubernetes } = await import('./kubernetes/open.js');
  // Connects while Helm comes, so that a login that does not work is told before anything else.
  const [cluster, program] = await Promise.all([openCluster(access, cancel.signal), prepareTools(goal.tools, options)]);
  kubectl = prepareKubectl(goal.tools, cluster.serverVersion, options);
  return openKubernetes({ goal, access, cluster, run: nameRun(), program, clean: (text) => redactor.clean(text), ...options });
}

async function main(): Promise<Outcome> {
  try {
    secretsOfInputs(raw).forEach(hide);
    return await upgrade(raw, { readFile: readTextFile, open, emit, monotonic: () => performance.now(), signal: cancel.signal });
  } catch (error) {
    const problem = toProblem(error);
    // Those that a step waited for were told when they were found.
    for (const cause of untoldCauses(problem.causes ?? [], events)) emit({ type: 'cause-found', cause });
    emit({ type: 'failed', problem });
    return error instanceof UpgradeError && (error.code === 'cancelled' || cancel.signal.aborted) ? 'cancelled' : 'failed';
  }
}

function publish(outcome: Outcome): void {
  emit({ type: 'chapter-began', chapter: 'result' });
  emit({ type: 'ended', outcome });
  const asked = { release: raw.release, namespace: raw.namespace, targetVersion: raw['target-version'].replace(/^v/, ''), operation: raw.operation };
  // A secret that was written into the wrong input.
  const about = redactor.cleanEach(asked);
  const report = readReport(events, about);
  for (const line of renderAnnotations(report)) printLine(line);
  let reportPath = '';
  attempt('the report', () => {
    reportPath = writeReport(report, raw['report-path']);
  });
  attempt('the outputs', () => {
    writeOutputs(renderOutputs(report, reportPath));
  });
  attempt('the job summary', () => {
    writeSummary(renderSummary(report, docsUrl()));
  });
}

/** What became of the cluster is true whether or not it can be written down: a full disk must not turn an upgrade into a failure. */
function attempt(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    printLine({ kind: 'warning', text: `${what} could not be written: ${String(error)}` });
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => cancel.abort());

/** Also after an error that nobody caught; post.ts removes what a kill leaves. */
function removeFolder(): void {
  if (folder) rmSync(folder, { recursive: true, force: true });
}
process.on('exit', removeFolder);

const outcome = await main();
await kubectl;
removeFolder();
publish(outcome);
// The process would otherwise wait for sockets that the watches left to close.
process.exit(GOOD.has(outcome) ? 0 : 1);
