// Reads the version that Milvus has printed at its start, for containers whose image has none in its tag: once each.
import { isUp } from '../../core/compose/components.js';
import type { ProjectObservation } from '../../core/compose/observation.js';
import { readPrintedVersion, servicesWithoutVersion } from '../../core/compose/printed-version.js';
import type { Version } from '../../core/model/version.js';
import type { Docker } from '../docker/docker.js';

/** The banner is printed before anything else. */
const BANNER_MILLISECONDS = 10_000;

export class PrintedVersions {
  readonly #docker: Docker;
  readonly #known = new Map<string, Version | null>();
  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** By service; null if its log does not name exactly one release. */
  async read(
    project: Pick<ProjectObservation, 'services' | 'upgradeState'>,
  ): Promise<Pick<ProjectObservation, 'printedVersions'>> {
    const names = servicesWithoutVersion(project);
    if (names.length === 0) return {};
    const versions: Record<string, Version | null> = {};
    for (const { name, containers } of project.services.filter((service) => names.includes(service.name))) {
      const container = containers.find(isUp) ?? containers[0];
      if (container) versions[name] = await this.#readOne(container.id, container.startedAt);
    }
    return { printedVersions: versions };
  }

  async #readOne(id: string, startedAt: string): Promise<Version | null> {
    const key = `${id} ${startedAt}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const start = Date.parse(startedAt);
    const until = Number.isNaN(start) ? [] : ['--until', new Date(start + BANNER_MILLISECONDS).toISOString()];
    const since = Number.isNaN(start) ? [] : ['--since', startedAt];
    const log = await this.#docker.logs(id, 'all', [...since, ...until]).catch(() => '');
    const version = readPrintedVersion(log);
    // A container that has just started may not have printed it yet.
    if (version || Date.now() - start > BANNER_MILLISECONDS) this.#known.set(key, version);
    return version;
  }
}
