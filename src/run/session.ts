// One run from its inputs to its result, shared by the action and the command. Connects the platform to upgrade.ts;
// contains no rules of its own.
import { rmSync } from 'node:fs';
import { UpgradeError, toProblem, type Problem } from '../core/model/error.js';
import type { Emit, Event, Outcome } from '../core/model/event.js';
import { lastVersionOf } from '../core/config/stop-at.js';
import { subjectOf } from '../core/config/subject.js';
import { openPlatform, type Opening } from './open-platform.js';
import { secretsOfInputs } from '../core/config/input-secrets.js';
import { renderAnnotations, renderLog, type LogLine } from '../core/report/log/log.js';
import { renderOutputs, type OutputName } from '../core/report/outputs.js';
import { makeRedactor } from '../core/redaction/redact.js';
import type { Report } from '../core/report/report.js';
import { renderSummary } from '../core/report/summary/summary.js';
import { readTextFile } from '../runner/text-file.js';
import { docsUrl, maskSecret, writeReport } from '../runner/workflow.js';
import { upgrade } from './upgrade.js';
import { saveInventory } from '../runner/inventory-file.js';
import { removeLeftovers } from '../runner/private-folder.js';
import { writeProblem } from '../runner/writable.js';
import type { RawInputs } from '../core/config/raw-inputs.js';
import { readReport, unreportedCauses } from '../core/report/read-report.js';

/** Where a run is started and reported: a GitHub runner, or a command line. */
export interface Place {
  print(line: LogLine): void;
  /** Receives every event, after its log lines were printed. */
  watch(event: Event): void;
  writeOutputs(outputs: Readonly<Record<OutputName, string>>): void;
  writeSummary(markdown: string): void;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** The state of one run. */
interface Session extends Opening {
  readonly place: Place;
  readonly events: readonly Event[];
}

/** Performs the requested operation, publishes the report, and removes files with secrets. Never throws. */
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
  // Also if the process exits early.
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
  try {
    secretsOfInputs(raw, readTextFile).forEach(session.addSecret);
    return await upgrade(raw, {
      readFile: readTextFile,
      writeProblem,
      saveInventory,
      open: (platform, config, signal) => openPlatform(platform, config, session, signal),
      emit,
      monotonic: () => performance.now(),
      signal: place.signal,
    });
  } catch (error) {
    const problem = place.signal.aborted ? asCancelled(error) : toProblem(error);
    // Causes that a step waited for were reported when they were found.
    for (const cause of unreportedCauses(problem.causes ?? [], session.events)) emit({ type: 'cause-found', cause });
    emit({ type: 'failed', problem });
    return problem.code === 'cancelled' || place.signal.aborted ? 'cancelled' : 'failed';
  }
}

/** An unexpected error after a cancel is a consequence of the cancel. */
function asCancelled(error: unknown): Problem {
  if (error instanceof UpgradeError) return toProblem(error);
  const { why } = toProblem(error);
  return {
    code: 'cancelled',
    what: 'The run was cancelled',
    why,
    remedy: 'Run the action again: it resumes from the observed state.',
  };
}

function publish({ events, place, redactor }: Session, raw: RawInputs): Report {
  const requested = {
    ...subjectOf(raw),
    targetVersion: lastVersionOf(raw).replace(/^v/, ''),
    operation: raw.operation,
  };
  // A secret may be in the wrong input.
  const report = readReport(events, redactor.redactAll(requested));
  for (const line of renderAnnotations(report)) place.print(line);
  /** The outcome does not depend on whether it can be written: a full disk must not make a successful upgrade fail. */
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
