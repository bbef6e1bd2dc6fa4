// A reporter for Jest that tells at once why a test failed, before the list of its file: whoever reads a part of a long log finds the reason there.
import { failuresOf } from './failures.mjs';

export default class TellFailures {
  onTestResult(_test, { testFilePath, testExecError, failureMessage, testResults }) {
    const status = testExecError || testResults.some((each) => each.status === 'failed') ? 'failed' : 'passed';
    for (const each of failuresOf({ name: testFilePath, status, message: failureMessage ?? '', assertionResults: testResults }))
      process.stderr.write(`\nFAILED: ${each}\n`);
  }
}
