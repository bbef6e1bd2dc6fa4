// Finds the smallest change that gives an image its desired text: one part of it, or the variable or default that sets
// that part. Pure.
import type { Scalar } from 'yaml';
import { whereIs, type Place } from './image-setting.js';
import {
  originOf,
  parseTemplate,
  resolvePart,
  resolveParts,
  type Part,
  type Template,
  type VariablePart,
} from './interpolation.js';
import type { Environment, Scope } from './project.js';
import type { Splice } from './splice.js';
import { lineAt } from './yaml-tree.js';
import { own } from '../../lib/own.js';

/** A range of a file that is parsed as a template; `written` is the image as written in the Compose file. */
interface Spot {
  readonly path: string;
  readonly start: number;
  readonly text: string;
  readonly setting: string;
  readonly where: string;
  readonly written: string;
  readonly depth: number;
  readonly scope: Scope;
}

export type Reached = { readonly splice: Splice } | { readonly problem: string };

/** Longer chains of variables are treated as cycles. */
const MAX_CHAIN_LENGTH = 20;

/**
 * The change that gives the image at a place the desired text. It replaces a text with itself if the image is already
 * the desired one.
 */
export function reachImage(environment: Environment, place: Place, desired: string): Reached {
  const where = whereIs(place.file, place.node);
  const inner = innerText(place.file.text, place.node);
  if (!inner) {
    return {
      problem: `${where}: ${place.setting} is a block scalar, contains escapes or spans several lines; write it on one line, for example "image: ${desired}"`,
    };
  }
  return reach(
    environment,
    {
      path: place.file.path,
      ...inner,
      setting: place.setting,
      where,
      written: inner.text,
      depth: 0,
      scope: place.file.scope,
    },
    desired,
  );
}

/** The text between the quotes; null if it differs from the value of the scalar. */
function innerText(
  text: string,
  { range, type, source }: Scalar,
): { readonly start: number; readonly text: string } | null {
  if (!range || type === undefined || type.startsWith('BLOCK')) return null;
  const quote = type === 'PLAIN' ? 0 : 1;
  const [start, end] = [range[0] + quote, range[1] - quote];
  const inner = text.slice(start, end);
  return inner === source ? { start, text: inner } : null;
}

function reach(environment: Environment, spot: Spot, desired: string): Reached {
  const template = parseTemplate(spot.text);
  if (!template)
    return {
      problem: `${spot.where}: ${spot.setting} is "${spot.written}", where a "$" does not start a variable; write \${NAME}, or $$ for a literal "$"`,
    };
  const part = choosePart(spot, template, desired);
  if (!part) return { splice: spliceOf(spot, 0, spot.text.length, desired) };
  const others = (parts: Template): number => resolveParts(parts, spot.scope.lookup).length;
  const at = template.indexOf(part);
  const needed = desired.slice(others(template.slice(0, at)), desired.length - others(template.slice(at + 1)));
  return part.kind === 'text'
    ? { splice: spliceOf(spot, part.start, part.end, needed) }
    : reachVariable(environment, spot, part, needed);
}

function spliceOf(spot: Spot, from: number, to: number, text: string): Splice {
  return { path: spot.path, start: spot.start + from, end: spot.start + to, text, setting: spot.setting };
}

/** The part to change: the last suitable variable, since that one covers the tag; otherwise the last suitable text. */
function choosePart({ scope }: Spot, template: Template, desired: string): Part | undefined {
  const willDo = template.filter((part, at) => {
    const before = resolveParts(template.slice(0, at), scope.lookup);
    const after = resolveParts(template.slice(at + 1), scope.lookup);
    // An empty variable can only be a whole component of the reference, not the end of a word.
    const isApart = resolvePart(part, scope.lookup) !== '' || /^$|[:/@]$/.test(before);
    return (
      isApart && desired.length >= before.length + after.length && desired.startsWith(before) && desired.endsWith(after)
    );
  });
  return willDo.findLast((part) => part.kind === 'variable') ?? willDo.at(-1);
}

function reachVariable(environment: Environment, spot: Spot, part: VariablePart, needed: string): Reached {
  const { name } = part;
  const prefix = `${spot.where}: the image is "${spot.written}"`;
  if (spot.depth > MAX_CHAIN_LENGTH)
    return { problem: `${prefix}, but ${name} refers to itself; give it a text without variables` };
  const origin = originOf(part, spot.scope.lookup);
  if (origin === 'word') {
    const text = spot.text.slice(part.wordStart, part.wordEnd);
    return reach(environment, { ...spot, start: spot.start + part.wordStart, text, depth: spot.depth + 1 }, needed);
  }
  if (origin === 'nothing')
    return { problem: `${prefix}, but ${name} is not set; write ${name}=${needed} in the .env file of the project` };
  if (own(environment, name) !== undefined) {
    return {
      problem: `${prefix}, but ${name} is set by the environment of this run, which takes precedence over the files: change it there, or unset it`,
    };
  }
  return reachSetting(environment, { ...spot, depth: spot.depth + 1 }, name, needed);
}

function reachSetting(environment: Environment, spot: Spot, name: string, needed: string): Reached {
  const { path, text, setting } = spot.scope.variables.get(name)!;
  const where = `${path}, line ${lineAt(text, setting.start)}`;
  const there: Spot = { ...spot, path, start: setting.start, text: setting.value, setting: name, where };
  return setting.literal
    ? { splice: spliceOf(there, 0, setting.value.length, needed) }
    : reach(environment, there, needed);
}
