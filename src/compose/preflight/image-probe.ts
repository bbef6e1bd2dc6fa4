// Pulls an image and starts it once, while the old version serves.
import type { ImageProbeResult } from '../../core/compose/checks.js';
import { TOOL } from '../../core/migration/tool.js';
import { toProblem } from '../../core/model/error.js';
import type { ComposePlan } from '../../core/compose/step.js';
import type { Docker } from '../docker/docker.js';

/**
 * Prints the path of the program. Reads it and its libraries once while the old version still serves, so that they are
 * in the page cache during the downtime.
 */
const SCRIPT = `program=$(command -v "$1") || exit 1
cat "$program" "\${program%/bin/*}"/lib/*.so* >/dev/null 2>&1
echo "$program"`;

/** Long enough for a large image over a slow connection. */
const PULL_SECONDS = 3600;

/** Probes every image that the plan starts, and the migration tool if the plan runs it. */
export async function probeImages(docker: Docker, { steps }: ComposePlan, tool: string): Promise<ImageProbeResult[]> {
  const images = new Set(steps.flatMap((step) => (step.kind === 'recreate' ? Object.values(step.images) : [])));
  const trials = await Promise.all([...images].map((image) => probeImage(docker, image, 'milvus')));
  const runsTool = steps.some((step) => step.kind === 'migrate' || step.kind === 'restore');
  return runsTool ? [...trials, await probeImage(docker, tool, TOOL)] : trials;
}

/** Pulls an image and starts it once. An image that cannot be pulled but exists locally is accepted. */
export async function probeImage(docker: Docker, image: string, program: string): Promise<ImageProbeResult> {
  const pulled = await docker.run(['pull', '--quiet', image], { timeoutSeconds: PULL_SECONDS }).then(
    () => '',
    (error: unknown) => toProblem(error).why,
  );
  const there =
    (await docker.run(['image', 'inspect', '--format', '{{.Id}}', image], { allowFailure: true })).trim() !== '';
  if (!there) return { image, state: 'failed', reason: pulled || 'it does not exist locally' };
  const args = ['run', '--rm', '--network', 'none', '--entrypoint', 'sh', image, '-c', SCRIPT, 'sh', program];
  const started = await docker.run(args, { reads: true }).then(
    () => '',
    (error: unknown) =>
      toProblem(error).why.replace(/^it (said|printed) nothing$/, `it does not contain the program "${program}"`),
  );
  if (started !== '') return { image, state: 'failed', reason: started };
  return pulled === '' ? { image, state: 'proven', reason: '' } : { image, state: 'kept', reason: pulled };
}
