// Runs units concurrently as far as weights and locks allow, in order; a unit that has to wait does not block the
// following ones.

/**
 * Resolves when every unit has ended. `ready(unit)` is a promise for the requirements of the unit; `run(unit)` starts
 * it once that promise resolves. Neither may reject.
 */
export async function schedule(units, { capacity, ready, run }) {
  const waiting = new Set(units);
  const available = new Set();
  const running = new Map();
  let wake = () => undefined;
  for (const unit of units) {
    void ready(unit).then(() => {
      available.add(unit);
      wake();
    });
  }
  const fits = (unit) => {
    const active = [...running.keys()];
    const load = active.reduce((sum, { weight }) => sum + weight, 0);
    return (
      available.has(unit) &&
      load + Math.min(unit.weight, capacity) <= capacity &&
      !(unit.lock && active.some(({ lock }) => lock === unit.lock))
    );
  };
  while (waiting.size > 0 || running.size > 0) {
    for (const unit of [...waiting].filter((candidate) => available.has(candidate))) {
      if (!fits(unit)) continue;
      waiting.delete(unit);
      running.set(
        unit,
        run(unit).then(() => running.delete(unit)),
      );
    }
    const woken = new Promise((resolve) => (wake = resolve));
    await Promise.race([woken, ...running.values()]);
  }
}
