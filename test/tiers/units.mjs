// The units of each tier. A unit is one Jest process: some test files with one version of Helm or Compose.
// `core` units run in `npm test` and `npm run test:full`; `full` units in the latter only. In a core unit, cases that
// are marked for the full tier (see test/lab/tier.ts) are omitted from `npm test`, which lists them.

/** Budgets in seconds on 2 cores; a longer run reports that. The measured times are in README.md. */
export const BUDGETS = { check: 90, test: 1800, cold: 3600, shard: 3600 };

/** The maximum total weight of concurrent units. */
export const CAPACITY = 4;

/** The versions of Compose that test:full covers; `lab/lab tools compose` installs them. */
const COMPOSE_VERSIONS = ['1.29', '2.26', '2.40', '5.6'];

const simulated = (name, more = {}) => ({
  id: name,
  files: [`test/lab/${name}.test.ts`],
  lab: 'simulated',
  weight: 1,
  env: { LAB_HELM: '3' },
  ...more,
});
const node = (name, more = {}) => ({
  id: name,
  files: [`test/lab/${name}.test.ts`],
  lab: 'node',
  weight: 2,
  env: { LAB_HELM: '3' },
  ...more,
});
const withHelm4 = (unit) => ({ ...unit, id: `${unit.id} (Helm 4)`, tier: 'full', env: { ...unit.env, LAB_HELM: '4' } });
const withCompose = (unit, version) => ({
  ...unit,
  id: `${unit.id} (Compose ${version})`,
  tier: 'full',
  env: { ...unit.env, LAB_COMPOSE: version },
});

/**
 * Real Milvus needs the whole machine: these units acquire the lock `milvus`, so that only one of them runs at a time.
 */
const real = { weight: 3, lock: 'milvus' };
const IMAGES = { old: ['2.2.12', '2.2.16'], standIns: ['player', 'migration'] };

const BOTH_HELMS = [
  simulated('simulated', { tier: 'core' }),
  simulated('simulated-preflight', { tier: 'core' }),
  simulated('simulated-faults', { tier: 'core' }),
  simulated('simulated-rolling', { tier: 'core' }),
  simulated('simulated-recovery', { tier: 'core' }),
];

const MIGRATION_RIGHTS = node('node-migration-rights', { tier: 'full', images: IMAGES.standIns });
const COMPOSE = node('compose', { tier: 'core', images: [...IMAGES.old, 'compose'] });
const COMPOSE_MIGRATION = node('compose-migration', { tier: 'core', images: ['compose', 'migration'] });

/**
 * The stories of simulated-injection: each runs for a part of an hour, so that a shard can have one of them. Each of
 * their requests has a deadline, so nothing else may load the API server.
 */
const INJECTED = ['helm-upgrade', 'rolling', 'rollback'];

/** The units, in the order in which they start. */
export const UNITS = [
  node('node-rolling', { tier: 'core', images: [...IMAGES.old, '2.3.0', '2.3.5'], coreImages: IMAGES.old, ...real }),
  node('compose-real', { tier: 'core', images: [...IMAGES.old, '2.3.5', 'compose'], ...real }),
  node('node-migration', { tier: 'core', images: ['migration'], ...real }),
  node('node', { tier: 'core', images: [...IMAGES.old, '2.3.5'], ...real }),
  ...BOTH_HELMS,
  simulated('simulated-hops', { tier: 'core' }),
  simulated('simulated-bad-inputs', { tier: 'core' }),
  simulated('simulated-workflow', { tier: 'core', tools: ['runner'] }),
  simulated('simulated-disturbed', { tier: 'core' }),
  simulated('simulated-logins', { tier: 'core' }),
  simulated('simulated-cli', { tier: 'core' }),
  simulated('simulated-ownership', { tier: 'core' }),
  simulated('simulated-rbac', { tier: 'core' }),
  simulated('simulated-failed', { tier: 'core' }),
  simulated('simulated-rolling-kills', { tier: 'core' }),
  COMPOSE,
  COMPOSE_MIGRATION,
  node('compose-migration-faults', { tier: 'core', images: ['compose', 'migration'] }),
  node('compose-migration-kills', { tier: 'core', images: ['compose', 'migration'] }),
  node('node-migration-faults', { tier: 'full', images: IMAGES.standIns }),
  node('compose-real-migration', { tier: 'full', images: ['2.1.0', 'migration', 'compose'], ...real }),
  node('node-migration-kills', { tier: 'full', images: IMAGES.standIns }),
  node('node-causes', { tier: 'full', images: ['player'] }),
  // Every hostile shape; the unit tests check the worst ones. Needs no lab.
  {
    id: 'hostile-text',
    files: ['test/unit/core/redaction/large-text.test.ts'],
    project: 'unit',
    lab: 'none',
    tier: 'full',
    weight: 1,
    env: {},
  },
  // `docker-compose config` needs no daemon; npm test runs it with the default version of Compose.
  node('compose-config', { tier: 'core', weight: 1 }),
  node('node-etcd', { tier: 'full', images: IMAGES.old, ...real }),
  MIGRATION_RIGHTS,
  simulated('simulated-causes', { tier: 'full' }),
  simulated('simulated-fencing', { tier: 'full', weight: 3 }),
  simulated('simulated-hanging', { tier: 'full', weight: 2 }),
  ...INJECTED.map((story) => ({
    ...simulated('simulated-injection', { tier: 'full', weight: CAPACITY }),
    id: `simulated-injection (${story})`,
    env: { LAB_HELM: '3', LAB_ONLY: `^${story}$` },
  })),
  node('compose-installations', { tier: 'full', images: [...IMAGES.old, 'compose'], ...real }),
  node('compose-injection', { tier: 'full', images: ['compose'] }),
  node('compose-fencing', { tier: 'full', images: ['compose'] }),
  node('compose-hanging', { tier: 'full', images: ['compose'] }),
  simulated('simulated-helm', { tier: 'full', tools: ['helm4'] }),
  simulated('simulated-examples', { tier: 'full', tools: ['runner'] }),
  ...BOTH_HELMS.map(withHelm4),
  withHelm4(node('node', { images: [...IMAGES.old, '2.3.5'], ...real })),
  withHelm4(MIGRATION_RIGHTS),
  ...[COMPOSE, COMPOSE_MIGRATION].flatMap((unit) => COMPOSE_VERSIONS.map((version) => withCompose(unit, version))),
].map((unit) => ({ tools: [], images: [], ...unit, tools: toolsOf(unit) }));

/** The extra programs of a unit, by their names for `lab/lab tools`. */
function toolsOf({ tools = [], env }) {
  return [...new Set([...tools, ...(env.LAB_HELM === '4' ? ['helm4'] : []), ...(env.LAB_COMPOSE ? ['compose'] : [])])];
}

/** The units of a tier; `full` is all of them. */
export function unitsOf(tier) {
  return tier === 'full' ? UNITS : UNITS.filter((unit) => unit.tier === 'core');
}

/** The distinct images that the units of a tier need. */
export function imagesOf(units, tier) {
  return [...new Set(units.flatMap((unit) => (tier === 'core' && unit.coreImages) || unit.images))];
}
