// Opens the platform that the config selects. The only file of a run that knows the platforms.
import type { ComposeConfig, HelmConfig, PlatformName } from '../core/config/config.js';
import type { Emit } from '../core/model/event.js';
import type { ConfigOf } from '../core/platforms/types.js';
import type { Redactor } from '../core/redaction/redact.js';
import { makePrivateDirectory, nameRun } from '../runner/workflow.js';
import type { Platform } from './platform.js';

/** The part of a run that a platform is opened with. */
export interface Opening {
  readonly emit: Emit;
  readonly redactor: Redactor;
  /** Aborts when the run is cancelled. */
  readonly place: { readonly signal: AbortSignal };
  /** Masks a secret from now on: in every text of this run, and on GitHub also in the logs of later steps. */
  readonly addSecret: (secret: string) => void;
  /** The installation of kubectl for later steps, which runs during the upgrade. */
  kubectl: Promise<void>;
  /** The private directory for files with secrets; empty until it is needed, and removed at the end. */
  directory: string;
}

/** `opening` limits only the opening; the platform stays open until the run is cancelled. */
type Open<P extends PlatformName> = (
  config: ConfigOf<P>,
  session: Opening,
  opening: AbortSignal,
) => Promise<Platform<P>>;

const OPENERS: { readonly [P in PlatformName]: Open<P> } = { helm: openRelease, compose: openProject };

export function openPlatform<P extends PlatformName>(platform: P, ...given: Parameters<Open<P>>): Promise<Platform<P>> {
  return OPENERS[platform](...given);
}

async function openRelease(config: HelmConfig, session: Opening, opening: AbortSignal): Promise<Platform<'helm'>> {
  const { emit, place, redactor, addSecret } = session;
  const directory = makePrivateDirectory();
  session.directory = directory;
  // Loaded on demand: loading the Kubernetes client takes as long as loading everything else.
  const [{ openCluster, openKubernetes }, { prepareLogin }, { prepareKubectl, prepareTools }] = await Promise.all([
    import('../kubernetes/open.js'),
    import('../runner/login.js'),
    import('../runner/tools.js'),
  ]);
  const access = prepareLogin(config.login, { directory, addSecret, env: process.env });
  const options = { emit, directory, signal: place.signal };
  // Connects while Helm is installed, so that a login failure is reported first.
  const [cluster, program] = await Promise.all([
    openCluster(access, options, opening),
    prepareTools(config.tools, { ...options, signal: opening }),
  ]);
  // It may take longer than the upgrade, but not longer than the `timeout` of the run.
  session.kubectl = prepareKubectl(config.tools, cluster.serverVersion, {
    ...options,
    signal: AbortSignal.any([place.signal, opening]),
  });
  return openKubernetes({
    config,
    access,
    cluster,
    run: nameRun(),
    program,
    redact: (text) => redactor.redact(text),
    ...options,
  });
}

async function openProject(
  config: ComposeConfig,
  { emit, place, redactor, addSecret }: Opening,
): Promise<Platform<'compose'>> {
  const { openCompose } = await import('../compose/open.js');
  return openCompose({
    config,
    emit,
    addSecret,
    run: nameRun(),
    redact: (text) => redactor.redact(text),
    signal: place.signal,
    env: process.env,
  });
}
