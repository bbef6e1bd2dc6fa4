// Where Milvus comes from, according to the Helm record of a release.
import { describe, expect, it } from '@jest/globals';
import { milvusDependency } from '../../../../src/kubernetes/observe/milvus-source.js';

function manifest(source: string, labels: string): string {
  return `---\n# Source: stack/templates/worker.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: worker\n---\n# Source: ${source}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: my-milvus-proxy\n  labels:\n${labels}\nspec: {}\n`;
}

const LABELS = '    app.kubernetes.io/instance: my\n    component: "proxy"';
/** The dependencies of zilliztech/milvus-helm 5.0.19, as Helm records them: by their alias. */
const OWN = ['etcd', 'minio', 'pulsar', 'pulsarv3', 'kafka', 'tei'].map((name) => ({ name, version: '1.0.0' }));

describe('the dependency that provides Milvus', () => {
  it.each([
    [
      'the public chart',
      { name: 'milvus', version: '5.0.19', dependencies: OWN },
      'milvus/templates/proxy-deployment.yaml',
    ],
    [
      'a chart without recorded dependencies',
      { name: 'milvus', version: '4.0.29' },
      'milvus/templates/proxy-deployment.yaml',
    ],
    ['a chart whose recorded dependencies are null', { name: 'milvus', version: '4.0.29', dependencies: null }, ''],
  ])('is null for %s', (_, metadata, source) => {
    expect(milvusDependency(metadata, manifest(source, LABELS))).toBeNull();
  });

  it('is null when Pulsar has a Deployment with the label component', () => {
    const pulsar = '    app: pulsar\n    release: my\n    component: proxy';
    expect(
      milvusDependency(
        { name: 'milvus', version: '5.0.19', dependencies: OWN },
        manifest('milvus/charts/pulsar/templates/proxy.yaml', pulsar),
      ),
    ).toBeNull();
  });

  it.each([
    ['by its name', [{ name: 'milvus', version: '4.2.37' }], 'x/templates/proxy.yaml', 'milvus', '4.2.37'],
    [
      'under an alias',
      [{ name: 'vectors', version: '4.2.37' }],
      'stack/charts/vectors/templates/proxy-deployment.yaml',
      'vectors',
      '4.2.37',
    ],
    [
      'of a dependency',
      [{ name: 'data', version: '0.1.0' }],
      'stack/charts/data/charts/milvus/templates/proxy-deployment.yaml',
      'data.milvus',
      '',
    ],
    [
      'of a wrapper with its name',
      [{ name: 'milvus', version: '4.2.37' }],
      'milvus/charts/milvus/templates/proxy-deployment.yaml',
      'milvus',
      '4.2.37',
    ],
  ])('is found %s', (_, dependencies, source, key, version) => {
    expect(milvusDependency({ name: 'stack', version: '1.1.0', dependencies }, manifest(source, LABELS))).toEqual({
      key,
      version,
    });
  });

  it('has the exact version of the label, also under an alias', () => {
    const found = milvusDependency(
      { name: 'stack', version: '1.1.0', dependencies: [{ name: 'vectors', version: '~4.2.0' }] },
      manifest('stack/charts/vectors/templates/proxy-deployment.yaml', `${LABELS}\n    helm.sh/chart: vectors-4.2.37`),
    );
    expect(found).toEqual({ key: 'vectors', version: '~4.2.0', rendered: '4.2.37' });
  });
});
