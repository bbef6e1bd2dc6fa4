// The config of each platform as parsed from its inputs, with the overrides of a test.
import { parseInputs } from '../../src/core/config/inputs.js';
import type { ComposeConfig, Config, HelmConfig } from '../../src/core/config/config.js';
import { inputs } from './inputs.js';

type Written = Parameters<typeof inputs>[0];

function parse(written: Written, files: Readonly<Record<string, string>>): Config {
  const parsed = parseInputs(inputs(written), (path) => files[path] ?? null);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

export function helmConfig(written: Written = {}, files: Readonly<Record<string, string>> = {}): HelmConfig {
  const config = parse(written, files);
  if (config.platform !== 'helm') throw new Error(config.platform);
  return config;
}

export function composeConfig(written: Written = {}): ComposeConfig {
  const config = parse({ platform: 'compose', release: '', strategy: 'auto', ...written }, {});
  if (config.platform !== 'compose') throw new Error(config.platform);
  return config;
}
