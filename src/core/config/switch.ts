// An input that is `true` or `false`. Pure.
import type { InputName, RawInputs } from './raw-inputs.js';

/** `addError` receives the input, and what to write instead. */
export function parseSwitch<Input extends InputName>(
  input: Input,
  raw: RawInputs,
  addError: (input: Input, works: string) => void,
): boolean {
  if (!['true', 'false'].includes(raw[input])) addError(input, 'write true or false');
  return raw[input] === 'true';
}
