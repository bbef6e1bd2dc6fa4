// What one run remembers of a migration from look to look: since when, and who was there. Nothing of it is needed to end right; a later run begins anew. Pure.
import type { Observation } from '../observation.js';
import type { MigrationObservation } from './seen.js';
import { foreignSessions } from './strangers.js';
import { servesNew } from './way-back.js';

type Remembered = Pick<MigrationObservation, 'stoppedSince' | 'foreignSessionsSince' | 'gone' | 'hasServed'>;

export interface Memory extends Remembered {
  /** Every address of a pod of ours that was ever seen. */
  readonly addresses: readonly string[];
}

export const NO_MEMORY: Memory = { stoppedSince: '', foreignSessionsSince: '', gone: [], hasServed: false, addresses: [] };

type Snapshot = Pick<Observation, 'takenAt' | 'components' | 'sessions'> & Pick<MigrationObservation, 'journal'>;

/** The memory after one more look. */
export function remember(before: Memory, look: Snapshot): Memory {
  const { takenAt, components, journal } = look;
  const pods = components.flatMap((each) => each.pods ?? []);
  const there = pods.map((each) => each.address).filter((each) => each !== '');
  const addresses = [...new Set([...before.addresses, ...there])];
  return {
    stoppedSince: pods.length > 0 ? '' : before.stoppedSince || takenAt,
    foreignSessionsSince: foreignSessions(look).length === 0 ? '' : before.foreignSessionsSince || takenAt,
    gone: addresses.filter((each) => !there.includes(each)),
    hasServed: before.hasServed || (journal !== null && servesNew(components, journal)),
    addresses,
  };
}
