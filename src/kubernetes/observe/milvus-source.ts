// Which chart in the record of a release provides Milvus: the installed chart itself, or one of its dependencies. Pure.
import { MILVUS_ROLES } from '../../core/knowledge/roles.js';
import type { ChartDependency } from '../../core/model/chart-dependency.js';

export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  readonly dependencies?: readonly { readonly name: string; readonly version?: string }[] | null;
}

const ROLES = MILVUS_ROLES.join('|');
/**
 * The labels of a Milvus Deployment (zilliztech/milvus-helm templates/_helpers.tpl); Pulsar also has `component`, but
 * no `app.kubernetes.io/instance`.
 */
const MILVUS_LABELS = [new RegExp(`^ +component: ["']?(${ROLES})["']?$`, 'm'), /^ +app\.kubernetes\.io\/instance:/m];

/**
 * The dependency that provides Milvus; null if it is the installed chart itself. Helm writes the template path above
 * each object, such as `stack/charts/milvus/templates/…`, with the alias of the dependency (helm/pkg/engine/engine.go;
 * pkg/chartutil/dependencies.go).
 */
export function milvusDependency({ dependencies }: ChartMetadata, manifest: string): ChartDependency | null {
  const named = (dependencies ?? []).find(({ name }) => name === 'milvus');
  const key = named?.name ?? keyOfSource(manifest);
  if (key === '') return null;
  const rendered = renderedVersion(manifest);
  const version = (dependencies ?? []).find(({ name }) => name === key)?.version ?? '';
  return { key, version, ...(rendered && { rendered }) };
}

/** The declared version of a dependency can be a range; the label of its objects has the exact one. */
function renderedVersion(manifest: string): string {
  const [text = ''] = milvusDeployments(manifest);
  const [, label = ''] = /^ +helm\.sh\/chart: (\S+)$/m.exec(text) ?? [];
  const chart = label.replaceAll(/["']/g, '');
  const at = chart.search(/-\d+\.\d+\.\d/);
  return at < 0 ? '' : chart.slice(at + 1);
}

function milvusDeployments(manifest: string): string[] {
  return manifest
    .split(/^---$/m)
    .filter((text) => /^kind: Deployment$/m.test(text) && MILVUS_LABELS.every((label) => label.test(text)));
}

/** A post-renderer may have removed the comments; then only the metadata is available. */
function keyOfSource(manifest: string): string {
  const [source = ''] = milvusDeployments(manifest).flatMap((text) => /^# Source: (\S+)$/m.exec(text)?.[1] ?? []);
  return [...source.matchAll(/\/charts\/([^/]+)(?=\/)/g)].map((match) => match[1]).join('.');
}
