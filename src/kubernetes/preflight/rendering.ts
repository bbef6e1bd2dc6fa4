// What Helm would apply, from the JSON of its dry run: objects, hooks, computed values, and the defaults of the chart.
// It contains secrets: nothing of it is logged unmasked.
import { parseManifest, pairObjects, type KubeObject, type ObjectPair } from '../../core/checks/manifest.js';
import { computeValues, SecretValues, type Values } from '../../core/model/values.js';

export interface Rendering {
  readonly objects: readonly KubeObject[];
  readonly pairs: readonly ObjectPair[];
  /** The objects of the upgrade and rollback hooks. */
  readonly hooks: readonly KubeObject[];
  /** The values supplied by the user, with those of this run. */
  readonly supplied: SecretValues;
  readonly computed: SecretValues;
  readonly defaults: Values;
  readonly templates: readonly string[];
  /** The value keys of the dependencies of the chart. */
  readonly subcharts: readonly string[];
}

interface HelmRelease {
  readonly namespace?: string;
  readonly manifest?: string;
  readonly hooks?: readonly { readonly manifest?: string; readonly events?: readonly string[] }[];
  readonly config?: Values | null;
  readonly chart?: {
    readonly values?: Values | null;
    /** The content is in base64. */
    readonly templates?: readonly { readonly data?: string }[] | null;
    readonly metadata?: { readonly dependencies?: readonly { readonly name: string; readonly alias?: string }[] };
  };
}

/** Tests run only on request (helm.sh/docs, "Chart hooks"). */
const UPGRADE_HOOK = /^(pre|post)-(upgrade|rollback)$/;

/** `installed` is the manifest of the revision that Helm upgrades from. */
export function readRendering(output: string, installed: string): Rendering {
  const release = JSON.parse(output) as HelmRelease;
  const objects = parseManifest(release.manifest ?? '');
  const [supplied, defaults] = [release.config ?? {}, release.chart?.values ?? {}];
  return {
    objects,
    pairs: pairObjects(parseManifest(installed), objects, release.namespace),
    hooks: hooksOf(release),
    supplied: new SecretValues(supplied),
    computed: new SecretValues(computeValues(defaults, supplied)),
    defaults,
    templates: (release.chart?.templates ?? []).map(({ data = '' }) => Buffer.from(data, 'base64').toString('utf8')),
    subcharts: (release.chart?.metadata?.dependencies ?? []).map(({ name, alias }) => alias ?? name),
  };
}

function hooksOf({ hooks }: HelmRelease): KubeObject[] {
  return (hooks ?? [])
    .filter((hook) => (hook.events ?? []).some((event) => UPGRADE_HOOK.test(event)))
    .flatMap((hook) => parseManifest(hook.manifest ?? ''));
}
