// The error of safe-yaml.ts, in a file that does not load the parser.

/** Why YAML cannot be used; the message quotes nothing of it. */
export class YamlProblem extends Error {}
