// Runs all checks of a project that are possible before anything is changed. Changes nothing.
import type { CheckResult } from '../../core/model/check-result.js';
import { conclude } from '../../core/checks/results.js';
import { evaluateBackup, evaluateProject } from '../../core/compose/checks.js';
import { evaluateObjectStore } from '../../core/compose/dependency-images.js';
import { describeFileChanges } from '../../core/compose/file-changes.js';
import type { ProjectObservation } from '../../core/compose/observation.js';
import type { ComposeConfig } from '../../core/config/config.js';
import type { Preflight } from '../../core/model/preflight.js';
import type { Docker } from '../docker/docker.js';
import { gatherFacts } from '../project/facts.js';
import { evaluateSetup } from '../../core/compose/setup-checks.js';
import { evaluateDataOwners } from '../../core/compose/data-owner.js';
import { readDataDirectories } from '../data-owner.js';
import { checkMountedConfiguration } from './mounted-configuration.js';
import { readImageSetups } from './image-setups.js';
import type { ToolRuns } from '../migration/tool-runs.js';
import type { ComposePlan } from '../../core/compose/step.js';

/** The results of the etcd checks; `bytes` is the size of its database. */
export interface EtcdChecked {
  readonly findings: readonly CheckResult[];
  readonly bytes: number;
}

export interface PreflightTools {
  readonly docker: Docker;
  readonly config: ComposeConfig;
  readonly project: ProjectObservation;
  readonly tool: ToolRuns;
  readonly etcd: EtcdChecked;
}

export async function checkBefore(
  plan: ComposePlan,
  { docker, config, project, tool, etcd }: PreflightTools,
): Promise<Preflight> {
  const files = plan.steps.flatMap((step) => (step.kind === 'edit-files' ? step.files : []));
  const paths = files.map((file) => file.path);
  const [facts, backups, images, directories] = await Promise.all([
    gatherFacts(docker, project, paths),
    listBackups(plan, tool),
    readImageSetups(docker, project),
    project.dataDirectories ?? readDataDirectories(docker, project, plan.from, plan.to),
  ]);
  const found = [
    ...evaluateProject(project, facts, etcd.bytes),
    ...evaluateSetup(project, images, files),
    ...evaluateDataOwners({ project, from: plan.from, to: plan.to, isFixed: config.project.fixDataOwner }, directories),
    ...(await checkMountedConfiguration(docker, project, plan)),
    ...evaluateObjectStore(project, plan.from, plan.to),
    ...backups,
    ...etcd.findings,
  ];
  return { ...conclude(found, config.skipChecks), changes: describeFileChanges(files, project.directory) };
}

/** Verifies the backups to restore while Milvus still serves. */
function listBackups({ steps }: ComposePlan, tool: ToolRuns): Promise<CheckResult[]> {
  const attempts = steps.flatMap((step) => (step.kind === 'restore' ? [step.attempt] : []));
  return Promise.all(
    attempts.map(async (attempt) => evaluateBackup(tool.backupPath(attempt), await tool.whyChanged(attempt))),
  );
}
