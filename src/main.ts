// The entry: wires the runner and the cluster to the story, and sets the exit code. Holds no rule of its own.
import { rmSync } from 'node:fs';
import { UpgradeError, toProblem } from './core/errors.js';
import type { Emit, Event, Outcome } from './core/events.js';
import type { Goal } from './core/goal.js';
import { renderAnnotations, renderLog } from './core/log.js';
import { renderOutputs } from './core/outputs.js';
import { makeRedactor, secretsOf } from './core/redact.js';
import { readReport } from './core/report.js';
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

async function open(goal: Goal): Promise<World> {
  for (const secret of secretsOf(goal.values)) {
    redactor.hide(secret);
    maskSecret(secret);
  }
  folder = makePrivateFolder();
  const access = prepareLogin(goal.login, folder);
  const options = { emit, folder, signal: cancel.signal };
  const program = await prepareTools(goal.tools, options);
  // Loaded only now: the Kubernetes client takes as long to load as everything else together.
  const { openKubernetes, serverVersion } = await import('./kubernetes/open.js');
  const world = openKubernetes({ goal, access, emit, run: nameRun(), folder, signal: cancel.signal, program });
  kubectl = prepareKubectl(goal.tools, () => serverVersion(access), options);
  return world;
}

async function main(): Promise<Outcome> {
  try {
    return await upgrade(raw, { readFile: readTextFile, open, emit, monotonic: () => performance.now(), signal: cancel.signal });
  } catch (error) {
    emit({ type: 'failed', problem: toProblem(error) });
    return error instanceof UpgradeError && (error.code === 'cancelled' || cancel.signal.aborted) ? 'cancelled' : 'failed';
  }
}

function publish(outcome: Outcome): void {
  emit({ type: 'chapter-began', chapter: 'result' });
  emit({ type: 'ended', outcome });
  const about = { release: raw.release, namespace: raw.namespace, targetVersion: raw['target-version'].replace(/^v/, ''), operation: raw.operation };
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

const outcome = await main();
await kubectl;
if (folder) rmSync(folder, { recursive: true, force: true });
publish(outcome);
// The process would otherwise wait for sockets that the watches left to close.
process.exit(GOOD.has(outcome) ? 0 : 1);
