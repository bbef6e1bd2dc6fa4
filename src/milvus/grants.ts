// One line for each grant, the same whatever API has returned it.
import { DEFAULT_DATABASE } from '../core/data/inventory.js';

export interface Grant {
  readonly role: string;
  readonly privilege: string;
  readonly objectType: string;
  readonly objectName: string;
  readonly database: string;
}

export function describeGrant({ role, privilege, objectType, objectName, database }: Grant): string {
  const scope = database === '' || database === DEFAULT_DATABASE ? '' : ` in database ${database}`;
  return `${role}: ${privilege} on ${objectType} ${objectName}${scope}`;
}
