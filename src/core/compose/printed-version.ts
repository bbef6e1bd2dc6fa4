// The version that Milvus prints when it starts, for images whose tag has none, such as `latest`. Pure.
import { fail } from '../checks/results.js';
import type { ComposeConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import {
  compareVersions,
  formatVersion,
  oldestVersion,
  parseImage,
  parseVersion,
  type Version,
} from '../model/version.js';
import { ranImages } from './image-rules.js';
import { liveServices, type ProjectObservation } from './observation.js';

const SOURCE = 'milvus-io/milvus cmd/milvus/run.go, printBanner';

/**
 * Null unless the banner names exactly one release: a build between two releases prints the commit as well, and what it
 * has written is not certain.
 */
export function readPrintedVersion(log: string): Version | null {
  const [, banner = ''] = log.split('Welcome to use Milvus!');
  const [, text = ''] = /^[ \t]*Version:[ \t]+(\S+)[ \t]*\r?$/m.exec(banner) ?? [];
  return /^v?\d+\.\d+\.\d+$/.test(text) ? parseVersion(text.replace(/^v/, '')) : null;
}

/** The live services that run an image without a version. */
export function servicesWithoutVersion(project: Pick<ProjectObservation, 'services' | 'upgradeState'>): string[] {
  return liveServices(project).flatMap((service) =>
    ranImages(service).some((image) => parseImage(image).version === null) ? [service.name] : [],
  );
}

/** The oldest printed version; null if a service without a version has printed none. */
export function printedVersion(project: ProjectObservation): Version | null {
  const known = servicesWithoutVersion(project).map((name) => project.printedVersions?.[name] ?? null);
  const printed = known.filter((version) => version !== null);
  return printed.length < known.length ? null : oldestVersion(printed);
}

export function printedDiffers({ source }: ComposeConfig, project: ProjectObservation): CheckResult[] {
  const printed = printedVersion(project);
  if (!source || !printed || compareVersions(source, printed) === 0) return [];
  return [
    fail(
      'source-version-differs',
      `source-version is ${formatVersion(source)}, but Milvus printed ${formatVersion(printed)} when it started`,
      `Leave source-version out, or set it to ${formatVersion(printed)}.`,
      SOURCE,
    ),
  ];
}
