// The top level of a run: parse the inputs, observe, plan, execute. It reads from top to bottom; the imported files
// contain the details.
import { badInputs } from '../core/config/problems.js';
import type { PlatformName } from '../core/config/config.js';
import { parseInputs } from '../core/config/inputs.js';
import type { RawInputs } from '../core/config/raw-inputs.js';
import { UpgradeError } from '../core/model/error.js';
import type { Outcome } from '../core/model/event.js';
import { formatVersion } from '../core/model/version.js';
import { withPlanner } from '../core/platforms/registry.js';
import type { ObservationOf } from '../core/platforms/types.js';
import { announce, refuse } from './announce.js';
import { abortableWith, closeInTime, MAX_END_MILLISECONDS, reportingChanges } from './bounded-platform.js';
import { carryOut } from './carry-out.js';
import { interruptible, limit } from './deadline.js';
import { dataVerifier, versionOf, writeProbe } from './data-hooks.js';
import { draw, withChecks, type Drawing } from './draw.js';
import { configOfOnly, findPathOf, isSeveral } from './find-path.js';
import type { Opened, Run, UpgradeTools } from './opened.js';
import type { Platform } from './platform.js';
import { upgradePath } from './upgrade-path.js';
import type { WriteProbe } from './write-probe.js';

/** Performs the requested operation. Returns the outcome; throws UpgradeError when it fails. */
export async function upgrade(raw: RawInputs, tools: UpgradeTools): Promise<Outcome> {
  tools.emit({ type: 'phase-started', phase: 'inputs' });
  const parsed = parseInputs(raw, tools.readFile, tools.writeProblem);
  if (!parsed.ok) throw badInputs(parsed.problems);
  return withPlanner(parsed.config, (config, planner) => withPlatform({ config, planner, tools }));
}

async function withPlatform<P extends PlatformName>(run: Run<P>): Promise<Outcome> {
  const { config, planner, tools } = run;
  tools.emit({ type: 'phase-started', phase: 'observe' });
  const deadline = tools.monotonic() + config.timeoutSeconds * 1000;
  const limits = limit(tools.signal, [{ input: 'timeout', milliseconds: config.timeoutSeconds * 1000 }]);
  const { signal } = limits;
  let platform: Platform<P> | null = null;
  let probe: WriteProbe | null = null;
  try {
    const opened = interruptible(tools.open(planner.platform, config, signal), {
      signal,
      waitingFor: 'the connection',
      graceMilliseconds: MAX_END_MILLISECONDS,
    });
    platform = reportingChanges(await opened, tools.emit);
    const platforms = { unlimited: platform, platform: abortableWith(platform, signal), signal };
    probe = writeProbe(run, platforms);
    return await operate(run, { ...platforms, deadline, data: dataVerifier(run, platforms), probe });
  } finally {
    await probe?.end();
    limits.end();
    if (platform) await closeInTime(platform, tools);
  }
}

async function operate<P extends PlatformName>(run: Run<P>, opened: Opened<P>): Promise<Outcome> {
  const { planner, tools } = run;
  const { platform, signal } = opened;
  const observation = await platform.observe();
  const notFound = planner.notFound(run.config, observation);
  if (notFound) throw notFound;
  tools.emit({ type: 'observed', observation });
  if (run.config.operation === 'verify') return verify(run, opened, observation);

  tools.emit({ type: 'phase-started', phase: 'plan' });
  const path = findPathOf(run, observation);
  if (path && isSeveral(path)) return upgradePath(run, opened, observation, path);
  const config = path ? configOfOnly(run, observation, path) : run.config;
  const drawing = { config, planner, platform, signal };
  const drawn = await draw(drawing, observation);
  const draft = await withChecks(drawn, (plan) => platform.preflight(plan), tools.emit);
  if (draft.failedChecks.length > 0 || !draft.plan) return refuse(draft, tools.emit);
  if (config.operation === 'plan') return announce(draft.plan, 'planned', tools.emit);
  if (draft.plan.strategy === 'nothing') return announce(draft.plan, 'unchanged', tools.emit);

  return applyChanges(drawing, opened, tools);
}

async function applyChanges<P extends PlatformName>(
  drawing: Drawing<P>,
  opened: Opened<P>,
  tools: UpgradeTools,
): Promise<Outcome> {
  const { platform } = opened;
  const { emit } = tools;
  await platform.acquireLock();
  // The first observation was made without the lock, so it may be outdated.
  const before = await platform.observe();
  const drawn = await draw(drawing, before);
  const { plan, failedChecks } =
    drawn.failedChecks.length > 0 ? drawn : await withChecks(drawn, (again) => platform.probeImages(again), emit);
  if (failedChecks.length > 0 || !plan) return refuse({ plan, failedChecks }, emit);
  return carryOut(drawing, opened, tools, { plan, before });
}

async function verify<P extends PlatformName>(
  run: Run<P>,
  opened: Opened<P>,
  observation: ObservationOf<P>,
): Promise<Outcome> {
  const { config, planner } = run;
  const status = planner.evaluate(planner.verification(config, observation), observation);
  if (status.state === 'complete') {
    await opened.data.verify(planner.nameOf(config, observation), versionOf(observation));
    return 'succeeded';
  }
  const why =
    status.state === 'in-progress'
      ? `still waiting for ${status.waitingFor}`
      : status.state === 'stalled'
        ? status.reason
        : 'the change was not applied';
  throw new UpgradeError({
    code: 'step-stalled',
    what: `${planner.nameOf(config, observation)} does not run ${formatVersion(config.target)} everywhere`,
    why,
    remedy: 'Run the action with operation: upgrade.',
  });
}
