// The limit of an integration test, which runs in memory. Jest 30 ignores `testTimeout` in a project.
import { jest } from '@jest/globals';

jest.setTimeout(30_000);
