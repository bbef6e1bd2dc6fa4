// Stand-ins for the programs docker and docker-compose: shell scripts in the first directory of PATH, which record
// their arguments.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { EventDraft } from '../../src/core/model/event.js';
import { Docker } from '../../src/compose/docker/docker.js';
import type { ComposeProjectPlace } from '../../src/compose/docker/find-compose.js';
import type { DockerConfig } from '../../src/compose/docker/find-docker.js';

export const nowhere: ComposeProjectPlace = { files: [], directory: '', name: '', envFiles: [] };

/** The answers while Docker is detected: `case` branches for the first two arguments. */
export const ANSWERS = `"version --format") echo 28.2.2 ;;
"context inspect") echo unix:///var/run/docker.sock ;;
"compose version") echo 2.40.3 ;;`;

export class DockerProgram {
  readonly directory = mkdtempSync(join(tmpdir(), 'docker-'));
  readonly emitted: EventDraft[] = [];
  readonly cancel = new AbortController();
  readonly env: NodeJS.ProcessEnv;
  constructor() {
    this.env = {
      PATH: [this.directory, '/usr/bin', '/bin'].join(delimiter),
      FAKE: this.directory,
      INPUT_PASSWORD: 'hunter2',
    };
  }

  /** `branches` are those of a shell's `case "$1 $2"`; anything else fails. */
  program(name: string, branches: string): this {
    const path = join(this.directory, name);
    // The docker of the system must not be used by a test without docker.
    writeFileSync(
      path,
      `#!/bin/sh\necho "${name} $*" >>"$FAKE/calls"\ncase "$1 $2" in\n${branches}\n*) echo "${name}: unknown command: $1" >&2; exit 1 ;;\nesac\n`,
    );
    chmodSync(path, 0o755);
    return this;
  }

  get calls(): readonly string[] {
    const path = join(this.directory, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  file(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    return path;
  }

  find(options: Partial<DockerConfig> = {}, env: NodeJS.ProcessEnv = {}): Promise<Docker> {
    const tools = {
      emit: (draft: EventDraft) => void this.emitted.push(draft),
      signal: this.cancel.signal,
      env: { ...this.env, ...env },
    };
    return Docker.find({ host: '', context: '', place: nowhere, ...options }, tools);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
