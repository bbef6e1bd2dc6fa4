// Types of units.mjs, for the page that is made from it.
export interface Unit {
  readonly id: string;
  readonly tier: 'core' | 'full';
  readonly lab: 'simulated' | 'node' | 'none';
  readonly files: readonly string[];
}
export const UNITS: readonly Unit[];
export const BUDGETS: Readonly<Record<'check' | 'test' | 'cold' | 'shard', number>>;
