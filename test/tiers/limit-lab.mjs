// The limit of a lab test, which waits for real controllers. Jest 30 ignores `testTimeout` in a project.
import { jest } from '@jest/globals';

jest.setTimeout(300_000);
