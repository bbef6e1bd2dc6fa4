// The page docs/upgrade-paths.md, written from the tables of knowledge, so that it cannot say anything else than they do.

/** The page as Markdown, with a line break at its end. */
export function renderUpgradePaths(): string {
  return '';
}
