// The failure of a hop: names the hop, and the hops that are complete before it.
import { nameHop } from '../core/hops/hop-checks.js';
import type { HopPosition } from '../core/hops/hop.js';
import { endSentence, toUpgradeError, UpgradeError, type Problem } from '../core/model/error.js';
import type { Emit } from '../core/model/event.js';

/** The same error with its hop. */
export function failureOfHop(error: unknown, position: HopPosition, done: readonly HopPosition[]): UpgradeError {
  return new UpgradeError(ofHop(toUpgradeError(error), position, done), { cause: error });
}

/** Emits the events of a hop: its failure, such as one that is rolled back, names it, and it is a phase of its own. */
export function emitForHop(emit: Emit, position: HopPosition, done: readonly HopPosition[]): Emit {
  return (draft) => {
    if (draft.type === 'phase-started') return;
    emit(draft.type === 'failed' ? { ...draft, problem: ofHop(draft.problem, position, done) } : draft);
  };
}

function ofHop(
  { code, what, why, remedy, causes = [] }: Problem,
  { hop, number, of }: HopPosition,
  done: readonly HopPosition[],
): Problem {
  const complete =
    done.length === 0
      ? 'No hop was complete before it.'
      : `Complete before it, and not repeated: ${done.map((position) => nameHop(position.hop)).join(', ')}.`;
  return {
    code,
    what: `Hop ${number} of ${of} (${nameHop(hop)}): ${what}`,
    why,
    remedy: `${endSentence(remedy)} ${complete}`,
    causes,
  };
}
