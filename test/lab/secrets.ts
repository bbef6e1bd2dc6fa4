// Searches for secrets in everything that a run prints or leaves.
import type { Finished } from './lab.js';

/**
 * Every secret that is visible in any of its forms, and where. Mask commands for the runner are ignored, because the
 * runner does not print them.
 */
export function observation(
  secrets: readonly string[],
  { log, outputs, summary, report, state, left }: Finished,
): string[] {
  const places = {
    log: log.replaceAll(/^::add-mask::.*$/gm, ''),
    outputs: JSON.stringify(outputs),
    summary,
    report: JSON.stringify(report),
    state,
    ...left,
  };
  return secrets.flatMap((secret) =>
    Object.entries(places)
      .filter(([, text]) => forms(secret).some((form) => text.includes(form)))
      .map(([place]) => `${secret} in ${place}`),
  );
}

/** Also as part of a longer base64 text, at each of the three possible offsets. */
function forms(secret: string): string[] {
  const coded = [0, 1, 2].map((start) => {
    const bytes = Buffer.concat([Buffer.alloc(start), Buffer.from(secret)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
    return whole.slice(start === 0 ? 0 : 4);
  });
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...coded];
}
