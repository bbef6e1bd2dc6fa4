// The end of a run: times of phases and of the slowest files, the budget, omitted cases, failures, and the line of
// figures.
const SLOWEST = 15;

export function formatSeconds(seconds) {
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function table(rows) {
  return rows.map(({ name, seconds }) => `  ${formatSeconds(seconds).padStart(11)}  ${name}\n`).join('');
}

export function timesReport(phases, files) {
  const slowest = [...files].sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
  return `\nPhases:\n${table(phases)}\nThe ${slowest.length} slowest test files:\n${table(slowest)}`;
}

export function budgetReport(command, seconds, budget) {
  const over = seconds > budget ? 'OVER BUDGET: ' : '';
  return `\n${over}${command} took ${formatSeconds(seconds)} of a budget of ${formatSeconds(budget)}.\n`;
}

/** One line for each incomplete unit of this tier, with the command that runs all of it. */
export function leftOutReport(units, casesLeftOut) {
  const lines = units.flatMap(({ id, tier }) => {
    const cases = casesLeftOut.get(id)?.length ?? 0;
    const what = tier === 'full' ? 'all of it' : cases > 0 ? `${cases} cases` : '';
    return what ? [`  ${id}: ${what}; npm run test:full -- --only '${id}'\n`] : [];
  });
  return lines.length > 0 ? `\nNot run in this tier:\n${lines.join('')}` : '';
}

export function failuresReport(failures) {
  return failures.map((failure) => `\nFAILED: ${failure}\n`).join('');
}

/** The closing line. CI reads it. */
export function figuresLine({ passed, failed, skipped }) {
  return `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
}
