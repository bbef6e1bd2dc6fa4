// Where helm and kubectl are downloaded from, and what their files are called on each system. Pure.
import type { InputName } from './inputs.js';

export type Tool = 'helm' | 'kubectl';

/** A system with official builds of both programs, named as their addresses name it. */
export interface System {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
}

export interface Download {
  readonly tool: Tool;
  readonly version: string;
  readonly system: System;
  readonly url: string;
  /** Name of the file that is downloaded, and whose sum is published. */
  readonly file: string;
  /** Where the program is in the archive, parted by slashes; null where the file is the program. */
  readonly inArchive: string | null;
  /** What the program is called once it is installed. */
  readonly program: string;
  /** The input that gives the sum of a version that the action does not know. */
  readonly checksumInput: InputName;
}

const SYSTEMS: ReadonlyMap<string, System['os']> = new Map([
  ['linux', 'linux'],
  ['darwin', 'darwin'],
  ['win32', 'windows'],
]);
const ARCHITECTURES: ReadonlyMap<string, System['arch']> = new Map([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
]);

/** Node's names of a platform and an architecture, as those of the downloads; null where we know of no build. */
export function systemOf(platform: string, arch: string): System | null {
  const [os, known] = [SYSTEMS.get(platform), ARCHITECTURES.get(arch)];
  return os && known ? { os, arch: known } : null;
}

/** A mirror has the same paths below its address: `helm-v…`, `release/v…`. */
export function downloadOf(tool: Tool, version: string, system: System, mirror: string | null): Download {
  return tool === 'helm' ? helmDownload(version, system, mirror) : kubectlDownload(version, system, mirror);
}

/** https://helm.sh/docs/intro/install/#from-the-binary-releases */
function helmDownload(version: string, system: System, mirror: string | null): Download {
  const directory = `${system.os}-${system.arch}`;
  const file = `helm-v${version}-${directory}.${system.os === 'windows' ? 'zip' : 'tar.gz'}`;
  const program = `helm${ending(system)}`;
  const url = `${mirror ?? 'https://get.helm.sh'}/${file}`;
  return { tool: 'helm', version, system, url, file, inArchive: `${directory}/${program}`, program, checksumInput: 'helm-checksum' };
}

/** https://kubernetes.io/releases/download/#binaries */
function kubectlDownload(version: string, system: System, mirror: string | null): Download {
  const program = `kubectl${ending(system)}`;
  const url = `${mirror ?? 'https://dl.k8s.io'}/release/v${version}/bin/${system.os}/${system.arch}/${program}`;
  return { tool: 'kubectl', version, system, url, file: program, inArchive: null, program, checksumInput: 'kubectl-checksum' };
}

function ending({ os }: System): string {
  return os === 'windows' ? '.exe' : '';
}
