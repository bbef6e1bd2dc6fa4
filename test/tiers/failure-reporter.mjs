// A Jest reporter that prints each failure with its reason as soon as its file ends, so that it can be found in a part
// of a long log.
import { failuresOf } from './failures.mjs';

export default class FailureReporter {
  onTestResult(_test, { testFilePath, testExecError, failureMessage, testResults }) {
    const status = testExecError || testResults.some((test) => test.status === 'failed') ? 'failed' : 'passed';
    for (const failure of failuresOf({
      name: testFilePath,
      status,
      message: failureMessage ?? '',
      assertionResults: testResults,
    }))
      process.stderr.write(`\nFAILED: ${failure}\n`);
  }
}
