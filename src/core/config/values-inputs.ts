// The inputs with chart values: values-files, values and set, merged in this order. Pure; no message quotes the values.
import { shorten } from '../lib/escape.js';
import { readYaml, YamlProblem } from '../lib/safe-yaml.js';
import { parseSetLines } from './set-values.js';
import { isRecord } from '../lib/json.js';
import { mergeValues, type Values } from '../model/values.js';
import type { RawInputs, ReadFile } from './raw-inputs.js';

export function parseValues(raw: RawInputs, readFile: ReadFile, addError: (problem: string) => void): Values {
  const files = lines(raw['values-files']).map((path, index) => {
    const text = readFile(path);
    // Values that were pasted here by mistake may contain passwords.
    const name = /:\s|:$|\s-\s/.test(path)
      ? `in line ${index + 1} a text that looks like values, not like a path`
      : `"${shorten(path, 200)}"`;
    if (text === null)
      addError(`values-files names ${name}, which cannot be read; write paths relative to the workspace, one per line`);
    return yamlTable(text ?? '', `values-files: ${path}`, addError);
  });
  const set = parseSetLines(lines(raw.set));
  for (const problem of set.problems)
    addError(`set: ${problem}; write path=value, one per line, for example proxy.replicas=2`);
  return [...files, yamlTable(raw.values, 'values', addError), set.values].reduce<Values>(mergeValues, {});
}

function yamlTable(text: string, where: string, addError: (problem: string) => void): Values {
  if (text.trim() === '') return {};
  try {
    const table = readYaml(text);
    if (table === null || isRecord(table)) return table ?? {};
    addError(`${where} is YAML but not a mapping of values; write for example "proxy: {replicas: 2}"`);
  } catch (error) {
    addError(
      `${where} is not YAML: ${error instanceof YamlProblem ? error.message : 'it cannot be read'}; write for example "proxy: {replicas: 2}"`,
    );
  }
  return {};
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
