// Observes the metadata migration of a project: its journal, the runs of the tool, and what this run remembers of it.
import { leftToExpire, NO_MEMORY, remember } from '../../core/migration/memory.js';
import type { MigrationObservation } from '../../core/migration/observation.js';
import type { SharedObservation } from '../../core/model/shared-observation.js';
import type { StateDirectory } from '../project/state-directory.js';
import type { ToolRuns } from './tool-runs.js';

export class MigrationObserver {
  readonly #state: StateDirectory;
  readonly #tool: ToolRuns;
  #memory = NO_MEMORY;
  #isPlanned = false;
  constructor(state: StateDirectory, tool: ToolRuns) {
    this.#state = state;
    this.#tool = tool;
  }

  /** From now on the migration is observed, also without a journal. */
  planned(): void {
    this.#isPlanned = true;
  }

  /** The sessions of these addresses could not be revoked. */
  leaveToExpire(addresses: readonly string[]): void {
    this.#memory = leftToExpire(this.#memory, addresses);
  }

  /** Undefined if there is no migration and none is planned. */
  async read({
    takenAt,
    components,
    sessions,
  }: Pick<SharedObservation, 'takenAt' | 'components' | 'sessions'>): Promise<MigrationObservation | undefined> {
    const journal = this.#state.readJournal();
    if (!journal && !this.#isPlanned) return undefined;
    this.#memory = remember(this.#memory, { takenAt, components, journal, ...(sessions ? { sessions } : {}) });
    const { stoppedSince, foreignSessionsSince, gone, hasServed } = this.#memory;
    return {
      journal,
      jobs: await this.#tool.read(),
      keeper: { state: 'ready', reason: '' },
      stoppedSince,
      foreignSessionsSince,
      gone,
      hasServed,
    };
  }
}
