// The record of how each version of Docker Compose reads the typical projects.

/** The versions that `lab/lab tools compose` installs, oldest first. */
export const COMPOSE_VERSIONS: readonly string[] = ['1.29', '2.26', '2.40', '5.6'];

/** Before and after the edit, the product reads the same images, and only the requested images differ. */
export const EQUAL = 'equal';

/** By version: `equal`, or the message of a version that cannot read the project. */
export interface ComposeReading {
  readonly title: string;
  readonly versions: Readonly<Record<string, string>>;
}
