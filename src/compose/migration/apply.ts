// Applies the steps of a metadata migration of a Docker Compose project, and `finalize`, with which each upgrade ends.
import { isUp } from '../../core/compose/components.js';
import { milvusServices } from '../../core/compose/observation.js';
import { jobOf, type MigrationJob } from '../../core/migration/observation.js';
import type { FinalizeStep, MigrationJobStep, PrepareStep, ScaleDownStep } from '../../core/migration/step.js';
import type { ComposeTools } from '../apply-tools.js';
import { revokeSessions, stopServices } from '../project/recreate.js';

export function prepare(
  { journal: draft }: PrepareStep,
  { stateDirectory, run, observation }: ComposeTools,
): Promise<void> {
  const known = observation.migration?.journal;
  if (!known || known.closed || known.to !== draft.to)
    stateDirectory.writeJournal({ ...draft, run, since: new Date().toISOString() });
  return Promise.resolve();
}

export async function scaleDown({ revoke }: ScaleDownStep, tools: ComposeTools): Promise<void> {
  const services = milvusServices(tools.observation.project);
  const isRunning = services.some((service) => service.containers.some(isUp));
  await stopServices(services, tools);
  if (!revoke || isRunning) return;
  const gone = tools.observation.migration?.gone ?? [];
  if (!(await revokeSessions(gone, tools))) tools.leaveToExpire(gone);
}

/** Verifies the backup of a job that has succeeded; other jobs are left unchanged. */
async function readBackup(job: MigrationJob, rootPath: string, { tool, config, emit }: ComposeTools): Promise<void> {
  if (job.kind !== 'backup' || job.state !== 'succeeded') return;
  const path = await tool.verify(job, rootPath);
  // A backup that is removed at the end cannot be uploaded.
  if (path !== '' && !config.migration.cleanUp) emit({ type: 'backup-copied', path });
}

export async function runTool(step: MigrationJobStep, tools: ComposeTools): Promise<void> {
  const { observation, config, tool, address, network } = tools;
  const journal = observation.migration?.journal;
  if (!observation.migration || !journal) return;
  const known = jobOf(observation.migration, step.kind, step.attempt, step.number);
  if (known) return readBackup(known, journal.rootPath, tools);
  const generations = Object.fromEntries(
    observation.components.map((component) => [component.deployment, component.generation ?? 0]),
  );
  const sha256 = jobOf(observation.migration, 'backup', step.attempt)?.backup?.sha256 ?? '';
  const { endpoints, user, tls } = address;
  const common = { journal, endpoints, user, tls, generations, sha256, network, image: config.migration.image };
  await tool.start({
    ...common,
    kind: step.kind,
    attempt: step.attempt,
    number: step.number,
    seconds: step.timeoutSeconds,
  });
}

/**
 * Keeps the backup and its records unless `clean-up` is set. They are removed last, so that a run that is killed here
 * does not leave a state that looks incomplete.
 */
export async function finalize(
  _step: FinalizeStep,
  { stateDirectory, tool, observation, config, prove }: ComposeTools,
): Promise<void> {
  const journal = observation.migration?.journal;
  if (journal) await tool.tidy(false);
  await prove();
  if (journal) stateDirectory.writeJournal({ ...journal, closed: true });
  for (const name of ['loaded.json', 'tool-files']) stateDirectory.remove(name);
  stateDirectory.removeState();
  if (journal && config.migration.cleanUp) await tool.tidy(true);
  if (stateDirectory.names().length === 0) stateDirectory.removeAll();
}
