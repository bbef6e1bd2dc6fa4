// A Jest reporter that prints each failure with its reason as soon as its file ends, so that a part of a long log is enough to read it.
import { failuresOf } from './failures.mjs';

export default class FailureReporter {
  onTestResult(_test, { testFilePath, testExecError, failureMessage, testResults }) {
    const status = testExecError || testResults.some((test) => test.status === 'failed') ? 'failed' : 'passed';
    for (const failure of failuresOf({ name: testFilePath, status, message: failureMessage ?? '', assertionResults: testResults }))
      process.stderr.write(`\nFAILED: ${failure}\n`);
  }
}
