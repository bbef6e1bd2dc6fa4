// Asks everything that can be asked of a project before anything is changed. Changes nothing.
import { conclude, type Finding } from '../core/checks/finding.js';
import { judgeBackup, judgeObjectStore, judgeProject } from '../core/compose/checks.js';
import { describeFileChanges } from '../core/compose/file-changes.js';
import type { ProjectSeen } from '../core/compose/seen.js';
import type { Goal } from '../core/goal.js';
import type { Preflight } from '../core/preflight.js';
import type { Plan } from '../core/steps.js';
import type { Docker } from './docker.js';
import { gatherFacts } from './project-facts.js';
import type { ToolRuns } from './tool-runs.js';

/** What etcd has answered; bytes are those of its database. */
export interface EtcdAsked {
  readonly findings: readonly Finding[];
  readonly bytes: number;
}

export interface Asking {
  readonly docker: Docker;
  readonly goal: Goal;
  readonly project: ProjectSeen;
  readonly tool: ToolRuns;
  readonly etcd: EtcdAsked;
}

export async function askBefore(plan: Plan, { docker, goal, project, tool, etcd }: Asking): Promise<Preflight> {
  const files = plan.steps.flatMap((step) => (step.kind === 'edit-files' ? step.files : []));
  const paths = files.map((each) => each.path);
  const [facts, backups] = await Promise.all([gatherFacts(docker, project, paths), askBackups(plan, tool)]);
  const found = [...judgeProject(project, facts, etcd.bytes), ...judgeObjectStore(project, plan.from, plan.to), ...backups, ...etcd.findings];
  return { ...conclude(found, goal.skipChecks), changes: describeFileChanges(files, project.directory) };
}

/** What is to be restored is looked at while Milvus serves. */
function askBackups({ steps }: Plan, tool: ToolRuns): Promise<Finding[]> {
  const attempts = steps.flatMap((step) => (step.kind === 'restore' ? [step.attempt] : []));
  return Promise.all(attempts.map(async (attempt) => judgeBackup(tool.backupPath(attempt), await tool.whyChanged(attempt))));
}
