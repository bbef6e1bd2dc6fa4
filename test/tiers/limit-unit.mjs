// The limit of a unit test. Jest 30 ignores `testTimeout` in a project.
import { jest } from '@jest/globals';

jest.setTimeout(10_000);
