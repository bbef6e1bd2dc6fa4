// The failures of a test file, in a few lines each.
const MAX_FAILURE_LENGTH = 600;

/** The failures of one file, from a result of Jest: name, status, message, assertionResults. */
export function failuresOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  // A file that cannot be loaded, or whose cleanup fails, fails without any of its tests.
  if (failed.length === 0) return status === 'failed' ? [`${name}\n${shorten(message)}`] : [];
  return failed.map((test) => `${test.fullName}\n${shorten(test.failureMessages.join('\n'))}`);
}

function shorten(text) {
  const plain = text.replace(/\u001b\[[\d;]*m/g, '').trim();
  return plain.length > MAX_FAILURE_LENGTH ? `${plain.slice(0, MAX_FAILURE_LENGTH)}…` : plain;
}
