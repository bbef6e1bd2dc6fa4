// Connects the verification of data and the write probe to a run.
import type { PlatformName, SharedConfig } from '../core/config/config.js';
import { runningVersion, type Observation } from '../core/model/observation.js';
import { formatVersion } from '../core/model/version.js';
import { DataVerifier, type DataTools, type SaveInventory } from './data-verifier.js';
import type { Platform } from './platform.js';
import { WriteProbe } from './write-probe.js';

interface DataRun {
  readonly config: Pick<SharedConfig, 'operation' | 'data'>;
  readonly tools: Pick<DataTools, 'emit' | 'monotonic'> & { readonly saveInventory?: SaveInventory };
}

interface DataPlatforms {
  readonly platform: Pick<Platform<PlatformName>, 'saveEvidence'>;
  readonly unlimited: Pick<Platform<PlatformName>, 'dialMilvus' | 'waitForChange'>;
  readonly signal: AbortSignal;
}

/**
 * The data is compared only for an upgrade and a verification: a rollback restores the metadata of an earlier time.
 */
export function dataVerifier({ config, tools }: DataRun, { unlimited, platform, signal }: DataPlatforms): DataVerifier {
  const { emit, monotonic, saveInventory = (): string => '' } = tools;
  const isCompared = config.operation === 'upgrade' || config.operation === 'verify';
  return new DataVerifier({
    platform: {
      dialMilvus: (port, own) => unlimited.dialMilvus(port, own),
      saveEvidence: () => platform.saveEvidence(),
    },
    config: isCompared ? config : { data: { ...config.data, mode: 'off' } },
    wait: waiting(unlimited, monotonic),
    ...{ emit, monotonic, signal, save: saveInventory },
  });
}

/** Only an upgrade is probed: a rollback must not depend on whether Milvus accepts rows. */
export function writeProbe({ config, tools }: DataRun, { unlimited, signal }: DataPlatforms): WriteProbe {
  const { emit, monotonic } = tools;
  const writeProbe = config.data.writeProbe && config.operation === 'upgrade';
  return new WriteProbe({
    source: { platform: unlimited, data: { ...config.data, writeProbe } },
    wait: waiting(unlimited, monotonic),
    ...{ emit, monotonic, signal },
  });
}

type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Waits for the whole time: the platform resumes at each change of the installation, or does not wait at all. */
function waiting(platform: Pick<Platform<PlatformName>, 'waitForChange'>, monotonic: () => number): Wait {
  return async (milliseconds, signal) => {
    const until = monotonic() + milliseconds;
    while (!signal.aborted && monotonic() < until) await platform.waitForChange(until - monotonic(), signal);
  };
}

/** The oldest running version; empty if no image contains one. */
export function versionOf(observation: Pick<Observation, 'components'>): string {
  const version = runningVersion(observation);
  return version ? formatVersion(version) : '';
}
