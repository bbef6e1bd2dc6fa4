// Reads the files of a Compose project, each with the variables that it can use. An included file has its own env
// files, which the rest of the project does not use. Pure.
import { tidyPath } from './paths.js';
import {
  readCompose,
  readScope,
  type ComposeFile,
  type Environment,
  type ProjectFile,
  type ReadProject,
  type Scope,
} from './project.js';
import { extendedPaths, includesOf } from './references.js';

export function readProject(files: readonly ProjectFile[], environment: Environment): ReadProject {
  const env = files.filter((file) => file.kind === 'env');
  const scope = readScope(
    env.filter((file) => file.isReferenced !== true),
    environment,
  );
  const read = files.filter((file) => file.kind === 'compose').map((file) => readCompose(file, scope));
  const problems = read.flatMap((result) => (typeof result === 'string' ? [result] : []));
  if (problems.length > 0) return { ok: false, problems };
  const compose = read.filter((result) => typeof result !== 'string');
  const scopes = new Scopes(compose, env, environment);
  const isReferenced = new Set(files.filter((file) => file.isReferenced === true).map((file) => file.path));
  for (const file of compose.filter(({ path }) => !isReferenced.has(path))) scopes.add(file, scope);
  if (scopes.problems.length > 0) return { ok: false, problems: scopes.problems };
  return { ok: true, project: { compose: scopes.apply(), env, environment } };
}

/** Follows `include` and `extends` from the files that Compose is started with. */
class Scopes {
  readonly problems: string[] = [];
  readonly #compose: readonly ComposeFile[];
  readonly #env: readonly ProjectFile[];
  readonly #environment: Environment;
  readonly #found = new Map<string, Scope>();
  constructor(compose: readonly ComposeFile[], env: readonly ProjectFile[], environment: Environment) {
    this.#compose = compose;
    this.#env = env;
    this.#environment = environment;
  }

  add(file: ComposeFile, scope: Scope): void {
    const known = this.#found.get(file.path);
    if (known) {
      if (known !== scope) this.#compare(file, known, scope);
      return;
    }
    this.#found.set(file.path, scope);
    const scoped = { ...file, scope };
    for (const { paths, env } of includesOf(scoped)) {
      const listed = env.flatMap((path) => this.#env.filter((other) => tidyPath(other.path) === path));
      const inner = readScope(listed, this.#environment, scope);
      for (const path of paths) this.#addPath(path, inner);
    }
    for (const path of extendedPaths(scoped)) this.#addPath(path, scope);
  }

  apply(): readonly ComposeFile[] {
    return this.#compose.map((file) => ({ ...file, scope: this.#found.get(file.path) ?? file.scope }));
  }

  #addPath(path: string, scope: Scope): void {
    const file = this.#compose.find((candidate) => tidyPath(candidate.path) === path);
    if (file) this.add(file, scope);
  }

  /** A file that is used twice has to mean the same both times. */
  #compare({ path, text }: ComposeFile, known: Scope, scope: Scope): void {
    const names = new Set([...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name));
    const different = [...names].filter((name) => known.lookup(name) !== scope.lookup(name));
    if (different.length > 0)
      this.problems.push(
        `${path} is used by several files, with different values of ${different.join(', ')}; give each of them its own copy of the file, or the same value`,
      );
  }
}
