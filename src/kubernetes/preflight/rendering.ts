// What Helm would write, from the JSON of its dry run: objects, hooks, the values it computes, and what the chart has as defaults. It holds secrets: nothing of it is shown unmasked.
import { parseManifest, pairObjects, type KubeObject, type ObjectPair } from '../../core/manifest.js';
import { computeValues, SecretValues, type Values } from '../../core/values.js';

export interface Rendering {
  readonly objects: readonly KubeObject[];
  readonly pairs: readonly ObjectPair[];
  /** Kinds of the hooks, each once. */
  readonly hooks: readonly KubeObject[];
  /** What the user supplied, with this run's own values. */
  readonly supplied: SecretValues;
  readonly computed: SecretValues;
  readonly defaults: Values;
  /** The keys under which charts that the chart depends on take their values. */
  readonly subcharts: readonly string[];
}

interface HelmRelease {
  readonly namespace?: string;
  readonly manifest?: string;
  readonly hooks?: readonly { readonly manifest?: string; readonly events?: readonly string[] }[];
  readonly config?: Values | null;
  readonly chart?: {
    readonly values?: Values | null;
    readonly metadata?: { readonly dependencies?: readonly { readonly name: string; readonly alias?: string }[] };
  };
}

/** Tests run only when somebody asks for them (helm.sh/docs, "Chart hooks"). */
const UPGRADE_HOOK = /^(pre|post)-(upgrade|rollback)$/;

/** `installed` is the manifest on which Helm builds. */
export function readRendering(output: string, installed: string): Rendering {
  const release = JSON.parse(output) as HelmRelease;
  const objects = parseManifest(release.manifest ?? '');
  const [supplied, defaults] = [release.config ?? {}, release.chart?.values ?? {}];
  const hooks = (release.hooks ?? []).filter((each) => (each.events ?? []).some((event) => UPGRADE_HOOK.test(event)));
  return {
    objects,
    pairs: pairObjects(parseManifest(installed), objects, release.namespace),
    hooks: hooks.flatMap((each) => parseManifest(each.manifest ?? '')),
    supplied: new SecretValues(supplied),
    computed: new SecretValues(computeValues(defaults, supplied)),
    defaults,
    subcharts: (release.chart?.metadata?.dependencies ?? []).map(({ name, alias }) => alias ?? name),
  };
}
