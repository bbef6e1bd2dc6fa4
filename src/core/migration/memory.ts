// Data that one run keeps between observations of a migration: start times and pod addresses. It is not needed for
// correctness; a later run starts without it. Pure.
import type { MigrationObservation } from './observation.js';
import { foreignSessions } from './foreign-sessions.js';
import { servesNew } from './serving.js';
import type { SharedObservation } from '../model/shared-observation.js';

type Remembered = Pick<MigrationObservation, 'stoppedSince' | 'foreignSessionsSince' | 'gone' | 'hasServed'>;

export interface Memory extends Remembered {
  /** Every address at which a pod of this installation was observed. */
  readonly addresses: readonly string[];
}

export const NO_MEMORY: Memory = {
  stoppedSince: '',
  foreignSessionsSince: '',
  gone: [],
  hasServed: false,
  addresses: [],
};

type Snapshot = Pick<SharedObservation, 'takenAt' | 'components' | 'sessions'> & Pick<MigrationObservation, 'journal'>;

/** The sessions of these addresses could not be revoked: they are left to expire. */
export function leftToExpire(memory: Memory, left: readonly string[]): Memory {
  const others = (addresses: readonly string[]): string[] => addresses.filter((address) => !left.includes(address));
  return { ...memory, addresses: others(memory.addresses), gone: others(memory.gone) };
}

/** Updates the memory with one more observation. */
export function remember(before: Memory, snapshot: Snapshot): Memory {
  const { takenAt, components, journal } = snapshot;
  const pods = components.flatMap((component) => component.pods ?? []);
  const there = pods.map((pod) => pod.address).filter((address) => address !== '');
  const addresses = [...new Set([...before.addresses, ...there])];
  return {
    stoppedSince: pods.length > 0 ? '' : before.stoppedSince || takenAt,
    foreignSessionsSince: foreignSessions(snapshot).length === 0 ? '' : before.foreignSessionsSince || takenAt,
    gone: addresses.filter((address) => !there.includes(address)),
    hasServed: before.hasServed || (journal !== null && servesNew(components, journal)),
    addresses,
  };
}
