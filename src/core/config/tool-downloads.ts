// The download URLs of helm and kubectl, and the names of their files on each system. Pure.
import type { InputName } from './raw-inputs.js';

export type Tool = 'helm' | 'kubectl';

/** A system with official builds of both programs, with the names in their URLs. */
export interface System {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
}

export interface Download {
  readonly tool: Tool;
  readonly version: string;
  readonly system: System;
  readonly url: string;
  /** Name of the downloaded file, whose checksum is published. */
  readonly file: string;
  /** Path of the program in the archive, separated by slashes; null if the file is the program. */
  readonly inArchive: string | null;
  /** Name of the installed program. */
  readonly program: string;
  /** The input with the checksum of a version that the action does not contain. */
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

/**
 * Converts the platform and architecture names of Node.js to those of the downloads; null if there is no known build.
 */
export function systemOf(platform: string, arch: string): System | null {
  const [os, known] = [SYSTEMS.get(platform), ARCHITECTURES.get(arch)];
  return os && known ? { os, arch: known } : null;
}

/** A mirror has the same paths below its base URL: `helm-v…`, `release/v…`. */
export function downloadOf(tool: Tool, version: string, system: System, mirror: string | null): Download {
  return tool === 'helm' ? helmDownload(version, system, mirror) : kubectlDownload(version, system, mirror);
}

/** https://helm.sh/docs/intro/install/#from-the-binary-releases */
function helmDownload(version: string, system: System, mirror: string | null): Download {
  const directory = `${system.os}-${system.arch}`;
  const file = `helm-v${version}-${directory}.${system.os === 'windows' ? 'zip' : 'tar.gz'}`;
  const program = `helm${ending(system)}`;
  const url = `${mirror ?? 'https://get.helm.sh'}/${file}`;
  return {
    tool: 'helm',
    version,
    system,
    url,
    file,
    inArchive: `${directory}/${program}`,
    program,
    checksumInput: 'helm-checksum',
  };
}

/** https://kubernetes.io/releases/download/#binaries */
function kubectlDownload(version: string, system: System, mirror: string | null): Download {
  const program = `kubectl${ending(system)}`;
  const url = `${mirror ?? 'https://dl.k8s.io'}/release/v${version}/bin/${system.os}/${system.arch}/${program}`;
  return {
    tool: 'kubectl',
    version,
    system,
    url,
    file: program,
    inArchive: null,
    program,
    checksumInput: 'kubectl-checksum',
  };
}

function ending({ os }: System): string {
  return os === 'windows' ? '.exe' : '';
}
