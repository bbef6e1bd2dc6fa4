// Gets the programs of the run onto the machine.
import { which } from '@actions/io';
import type { ToolWishes } from '../core/tools.js';

/** The path of helm; empty when there is none. */
export function prepareHelm(_wishes: ToolWishes): Promise<string> {
  return which('helm');
}
