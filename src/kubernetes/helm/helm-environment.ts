// The environment of the helm program: its own directories, and nothing that would direct it to another cluster.
import { join } from 'node:path';

/** The registry login of the user is kept: OCI charts may need it. */
export function helmEnvironment(env: NodeJS.ProcessEnv, directory: string): Record<string, string> {
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // The environment contains the inputs of an action; none of them, secret or not, must reach another program.
  // HELM_KUBE…, such as HELM_KUBEAPISERVER, would direct Helm to another cluster, or user, than the one that was
  // observed.
  const inherited = Object.fromEntries(defined.filter(([name]) => !/^(INPUT_|HELM_KUBE)/.test(name)));
  const registry =
    inherited.HELM_REGISTRY_CONFIG ??
    join(
      inherited.HELM_CONFIG_HOME ?? join(inherited.XDG_CONFIG_HOME ?? join(inherited.HOME ?? '', '.config'), 'helm'),
      'registry',
      'config.json',
    );
  return {
    ...inherited,
    HELM_CACHE_HOME: join(directory, 'cache'),
    HELM_CONFIG_HOME: join(directory, 'config'),
    HELM_DATA_HOME: join(directory, 'data'),
    HELM_REPOSITORY_CONFIG: join(directory, 'config', 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(directory, 'cache', 'repository'),
    HELM_REGISTRY_CONFIG: registry,
  };
}
