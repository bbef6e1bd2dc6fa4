// The image probe: the target image is pulled and started once on every node that will need it, before anything is
// changed.
import type { CheckResult } from '../../core/model/check-result.js';
import { conclude, failSkippable, notChecked } from '../../core/checks/results.js';
import { countNodes, evaluateProbe, evaluateProbes, type Probe } from '../../core/checks/image-probe.js';
import { UpgradeError } from '../../core/model/error.js';
import type { Preflight } from '../../core/model/preflight.js';
import { withDependencies } from './dependency-places.js';
import { ProbeWatch } from './probe-watch.js';
import { findPlaces, proven, templatesOf, type ImageProbeTools } from './probe-places.js';
import type { HelmPlan } from '../../core/helm/step.js';

/** More nodes are not probed: the result would be the same. */
const MAX_NODES = 25;
const SAY_MILLISECONDS = 30_000;

/**
 * Starts one pod per node, waits for all of them concurrently, and deletes them in any case. Pods of a dead run are
 * deleted first.
 */
export async function probeImage({ image }: HelmPlan, tools: ImageProbeTools): Promise<Preflight> {
  const { config } = tools;
  const findings = config.skipChecks.includes('image-probe') ? [skipped()] : await probeAll(image, tools);
  return { ...conclude(findings, config.skipChecks), changes: [] };
}

/** The check was skipped before it ran. */
function skipped(): CheckResult {
  return failSkippable('image-probe', 'the image was not probed', '', 'the input skip-checks');
}

async function probeAll(image: string, tools: ImageProbeTools): Promise<CheckResult[]> {
  const watch = new ProbeWatch(tools, image);
  try {
    const places = await withDependencies(findPlaces(image, tools), {
      ...tools,
      template: [...templatesOf(tools.deployments, tools.rendered).values()][0],
    });
    const tried = places.slice(0, MAX_NODES);
    await watch.begin();
    if (tried.length === 0) return evaluateProbes(image, proven(image, tools), 0);
    tools.emit({
      type: 'noted',
      message: `probing ${image} on ${countNodes(tried.length)}: ${tried.map((place) => place.node).join(', ')}`,
    });
    await Promise.all(tried.map((place) => watch.start(place)));
    return evaluateProbes(
      image,
      [...proven(image, tools), ...(await waitForAll(watch, tools))],
      places.length - tried.length,
    );
  } catch (error) {
    if (error instanceof UpgradeError && error.code !== 'access-denied') throw error;
    return [
      notChecked(
        'image-probe',
        error instanceof Error ? error.message : String(error),
        'The upgrade continues without the image probe.',
      ),
    ];
  } finally {
    await watch.end();
  }
}

async function waitForAll(watch: ProbeWatch, { config, emit, signal }: ImageProbeTools): Promise<Probe[]> {
  const end = performance.now() + config.stepTimeoutSeconds * 1000;
  let nextLogAt = performance.now() + SAY_MILLISECONDS;
  for (;;) {
    const probes = (await watch.observe()).map((observation) => ({
      node: observation.node,
      status: evaluateProbe(observation),
    }));
    const waiting = probes.filter((probe) => probe.status.state === 'waiting');
    const failed = probes.some((probe) => probe.status.state === 'failed');
    if (waiting.length === 0 || failed || performance.now() > end) return probes;
    if (signal.aborted) throw cancelled();
    if (performance.now() > nextLogAt) {
      emit({ type: 'noted', message: `still probing the image on ${waiting.map(describeProbe).join(', ')}` });
      nextLogAt = performance.now() + SAY_MILLISECONDS;
    }
    await watch.waitForChange();
  }
}

function describeProbe({ node, status }: Probe): string {
  return status.state === 'waiting' ? `${node} (${status.waitingFor})` : node;
}

function cancelled(): UpgradeError {
  return new UpgradeError({
    code: 'cancelled',
    what: 'The run was cancelled',
    why: 'it was still probing the image',
    remedy: 'Nothing was changed.',
  });
}
