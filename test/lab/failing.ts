// An upgrade whose pods crash, and a directory for its diagnostics.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import type { InputName } from '../../src/core/config/raw-inputs.js';

type Inputs = Partial<Record<InputName, string>>;

const CRASH = 'milvusdb/milvus:v2.2.16-gpu-crash';

export interface Failing {
  /** For the diagnostics; removed after each test. */
  readonly directory: () => string;
  readonly inputs: (written?: Inputs) => Inputs;
}

export function useFailing(): Failing {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'evidence-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const inputs = (written: Inputs = {}): Inputs => ({
    image: CRASH,
    'step-timeout': '60s',
    'on-failure': 'rollback',
    'evidence-path': directory,
    ...written,
  });
  return { directory: () => directory, inputs };
}
