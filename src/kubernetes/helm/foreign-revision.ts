// Marks a release whose newest revision was created by another client while this run held the lock.
import { isRollback, type Release } from '../../core/helm/observation.js';

export class ForeignRevisions {
  readonly #run: string;
  #newestAtStart: number | null = null;
  #rollsBack = false;
  constructor(run: string) {
    this.#run = run;
  }

  /** The lock is held: from now on, every new revision has to be one of this run. */
  begin(release: Release | null): void {
    this.#newestAtStart = release?.latest.revision ?? 0;
  }

  /**
   * Helm copies labels on a rollback, so its revisions do not show who created them: after the first rollback of this
   * run, they count as its own.
   */
  rollbackRequested(): void {
    this.#rollsBack = true;
  }

  mark(release: Release | null): Release | null {
    if (!release || this.#newestAtStart === null || release.latest.revision <= this.#newestAtStart) return release;
    const isOwn = isRollback(release.latest) ? this.#rollsBack : release.startedBy === this.#run;
    return isOwn ? release : { ...release, isForeign: true };
  }
}
