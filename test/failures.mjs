// What a test file's failures are, in a few lines each.
const LONGEST_FAILURE = 600;

/** The failures of one file, from a result as Jest gives it: name, status, message, assertionResults. */
export function failuresOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((each) => each.status === 'failed');
  // A file that cannot be loaded, or tidied up after, fails without any of its tests.
  if (failed.length === 0) return status === 'failed' ? [`${name}\n${shorten(message)}`] : [];
  return failed.map((each) => `${each.fullName}\n${shorten(each.failureMessages.join('\n'))}`);
}

function shorten(text) {
  const plain = text.replace(/\u001b\[[\d;]*m/g, '').trim();
  return plain.length > LONGEST_FAILURE ? `${plain.slice(0, LONGEST_FAILURE)}…` : plain;
}
