// Verifies the data of an installation: takes an inventory before the first change, and compares it afterwards.
import { compareInventories } from '../core/data/compare.js';
import { mayRecover } from '../core/data/comparison.js';
import { dataDiffers, dataNotVerified, unreadableData } from '../core/data/errors.js';
import { formatInventory } from '../core/data/inventory-file.js';
import { problemOf, type Inventory } from '../core/data/inventory.js';
import { compared, notVerified, saved, type Baseline, type DataResult } from '../core/data/result.js';
import type { SharedConfig } from '../core/config/config.js';
import type { CheckResult } from '../core/model/check-result.js';
import type { UpgradeError } from '../core/model/error.js';
import type { Emit } from '../core/model/event.js';
import type { Evidence } from '../core/model/evidence.js';
import { readData } from './data-reader.js';
import { interruptible, interruptionOf } from './deadline.js';
import { reasonOf, type DataSource } from './milvus-client.js';

/** How long collections may take to be loaded again after the last step. */
const RECOVERY_MILLISECONDS = 120_000;
/** Each wait is twice as long as the one before. */
const FIRST_RETRY_MILLISECONDS = 2000;
const MAX_RETRY_MILLISECONDS = 20_000;
const WAITING_FOR = 'the inventory of the data';

/** Writes an inventory to a file and returns its path; `directory` is null for the temporary directory. */
export type SaveInventory = (name: string, text: string, directory: string | null) => string;

export interface DataTools {
  readonly platform: DataSource['platform'] & { saveEvidence(): Promise<Evidence | null> };
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly config: Pick<SharedConfig, 'data'>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
  readonly save: SaveInventory;
}

export class DataVerifier {
  readonly #tools: DataTools;
  /** The name of the release or the project, for the saved files. */
  #name = '';
  #isFirst = true;
  #before: Inventory | null = null;
  #beforePath = '';
  #baseline: Baseline = 'before-upgrade';
  /** Why there is no inventory of before; empty if there is one. */
  #missing = 'no inventory was taken before the first change';
  constructor(tools: DataTools) {
    this.#tools = tools;
  }

  /**
   * Takes the inventory before the first change; later calls do nothing. `isResumed` is true if an earlier run has
   * begun the upgrade. Returns the failed check if the data cannot be read and `verify-data` is `required`.
   */
  async before(name: string, version: string, isResumed: boolean): Promise<readonly CheckResult[]> {
    const { mode, inventory } = this.#tools.config.data;
    if (mode === 'off' || !this.#isFirst) return [];
    this.#isFirst = false;
    this.#name = name;
    if (inventory) {
      this.#useSaved(inventory);
      return [];
    }
    if (isResumed) this.#baseline = 'resumed-upgrade';
    const taken = await this.#read(version, null);
    const problem = typeof taken === 'string' ? taken : problemOf(taken);
    if (typeof taken !== 'string') {
      this.#before = taken;
      this.#beforePath = this.#save('before', taken);
    }
    if (problem === '') return [];
    this.#missing = problem;
    return mode === 'required' ? [unreadableData(problem)] : [];
  }

  /**
   * Compares the data with the inventory of before, once it has recovered. Throws UpgradeError if it differs, or if it
   * is not verified and `verify-data` is `required`. May be repeated after each further change.
   */
  async after(version: string): Promise<void> {
    if (this.#tools.config.data.mode === 'off') return;
    const before = this.#before;
    if (!before) return this.#report(notVerified(this.#missing));
    const { after, result } = await this.#recovered(version, before);
    if (result.state === 'differs' && after) return this.#differs(result, before, after);
    if (after && this.#beforePath === '') this.#save('after', after);
    this.#report(result);
  }

  /** For `operation: verify`: compares with the saved inventory of the config; without one, only saves the data. */
  async verify(name: string, version: string): Promise<void> {
    const { mode, inventory } = this.#tools.config.data;
    if (mode === 'off') return;
    this.#name = name;
    if (inventory) {
      this.#useSaved(inventory);
      return this.after(version);
    }
    const taken = await this.#read(version, null);
    if (typeof taken === 'string') return this.#report(notVerified(taken));
    this.#save('saved', taken);
    this.#report(saved(taken));
  }

  #useSaved(inventory: Inventory): void {
    this.#before = inventory;
    this.#baseline = 'saved-inventory';
  }

  #report(result: DataResult): void {
    const { emit, config } = this.#tools;
    emit({ type: 'data-compared', data: result });
    if (result.state === 'not-verified' && config.data.mode === 'required') throw dataNotVerified(result);
  }

  async #differs(result: DataResult, before: Inventory, after: Inventory): Promise<never> {
    const { emit, platform, save } = this.#tools;
    emit({ type: 'data-compared', data: result });
    let paths: readonly string[] = [this.#beforePath, this.#save('after', after)];
    try {
      const evidence = await platform.saveEvidence();
      if (evidence) {
        const files = { 'inventory-before': before, 'inventory-after': after };
        paths = Object.entries(files).map(([name, file]) => save(name, formatInventory(file), evidence.directory));
        const names = Object.keys(files).map((name) => `${name}.json`);
        emit({
          type: 'evidence-saved',
          ...evidence,
          files: [...evidence.files, ...names],
          head: [...result.differences.slice(0, 10), ...evidence.head],
        });
      }
    } catch (error) {
      emit({ type: 'warned', message: `The diagnostics could not be saved: ${reasonOf(error)}` });
    }
    throw this.#error(result, paths);
  }

  #error(result: DataResult, paths: readonly string[]): UpgradeError {
    return dataDiffers(
      result,
      paths.filter((path) => path !== ''),
    );
  }

  async #recovered(
    version: string,
    before: Inventory,
  ): Promise<{ readonly after: Inventory | null; readonly result: DataResult }> {
    const { monotonic, wait: pause, signal } = this.#tools;
    const until = monotonic() + RECOVERY_MILLISECONDS;
    for (let wait = FIRST_RETRY_MILLISECONDS; ; wait = Math.min(2 * wait, MAX_RETRY_MILLISECONDS)) {
      const after = await this.#read(version, before);
      const comparison = typeof after === 'string' ? null : compareInventories(before, after);
      const isOver = monotonic() >= until;
      if (typeof after !== 'string' && comparison && (isOver || !mayRecover(comparison)))
        return { after, result: compared(after, comparison, this.#baseline) };
      if (typeof after === 'string' && isOver) return { after: null, result: notVerified(after) };
      await pause(wait, signal);
    }
  }

  /** The inventory, or why it could not be read. Throws the interruption of the run. */
  async #read(version: string, like: Inventory | null): Promise<Inventory | string> {
    const { platform, config, signal } = this.#tools;
    assertRunning(signal);
    try {
      const reading = readData({ platform, data: config.data, signal }, { version, like });
      return await interruptible(reading, { signal, waitingFor: WAITING_FOR });
    } catch (error) {
      assertRunning(signal);
      return reasonOf(error);
    }
  }

  /** The path; empty if it could not be written, which is reported. */
  #save(what: string, inventory: Inventory): string {
    const { emit, save } = this.#tools;
    try {
      const taken = inventory.takenAt.replace(/[:.]/g, '-');
      const path = save(`${this.#name}-${taken}-${what}`, formatInventory(inventory), null);
      if (path !== '') emit({ type: 'inventory-saved', path });
      return path;
    } catch (error) {
      emit({ type: 'warned', message: `The inventory of the data could not be saved: ${reasonOf(error)}` });
      return '';
    }
  }
}

/** Throws the interruption of the run. */
function assertRunning(signal: AbortSignal): void {
  if (signal.aborted) throw interruptionOf(signal, WAITING_FOR);
}
