// The failures of a test file, in a few lines each.
const START_LENGTH = 300;
const END_LENGTH = 600;

/** The failures of one file, from a result of Jest: name, status, message, assertionResults. */
export function failuresOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  // A file that cannot be loaded, or whose cleanup fails, fails without any of its tests.
  if (failed.length === 0) return status === 'failed' ? [`${name}\n${shorten(message)}`] : [];
  return failed.map((test) => `${test.fullName}\n${shorten(test.failureMessages.join('\n'))}`);
}

/** The start says what was expected; the end of a log, which some messages contain, says how the run ended. */
function shorten(text) {
  const plain = text.replace(/\u001b\[[\d;]*m/g, '').trim();
  if (plain.length <= START_LENGTH + END_LENGTH) return plain;
  return `${plain.slice(0, START_LENGTH)}\n[…]\n${plain.slice(-END_LENGTH)}`;
}
