import type { MessageQueue, Topology } from '../observation.js';
import type { Refusal } from '../refusal.js';
import type { Version } from '../version.js';
export interface PathQuestion { readonly from: Version; readonly to: Version; readonly topology: Topology; readonly messageQueue: MessageQueue; readonly indexNode: boolean }
export interface RequiredValue { readonly path: string; readonly value: unknown; readonly why: string; readonly source: string }
export interface Path {
  readonly way: 'nothing' | 'plain' | 'migration';
  readonly rollingPossible: boolean;
  readonly why: string;
  readonly source: string;
  readonly keepChart: boolean;
  readonly requiredValues: readonly RequiredValue[];
  readonly wayBack: { readonly possible: boolean; readonly why: string; readonly source: string };
}
export function findPath(question: PathQuestion): { readonly path: Path; readonly refusals: readonly Refusal[] } {
  throw new Error(`no path for ${question.topology}`);
}
