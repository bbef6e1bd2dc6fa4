// Which names have secret values: keys of values, variables, flags and parameters. The one list for diffs, logs,
// summaries, reports and diagnostics. Pure.

/** Parts of names whose values are masked in structured data; a false match only masks a word. */
const SECRET_WORD = /pass|pwd|secret|token|key|credential|auth|connectionstring/i;
/** Configuration also contains certificates next to their keys. */
const CONFIGURATION_WORD = /pass|pwd|secret|token|key|credential|auth|connectionstring|cert/i;
/** Narrower, for logs and messages, which often contain keys and words such as "passed". */
const TEXT_WORD =
  /passw|passphrase|passcode|pwd|secret|token|credential|authorization|(?:api|access|private|account|signing|encryption|master|storage)[_-]?key|connection[_-]?string/i;
/** The same words and the short ones, to search a text. */
export const SECRET_WORDS = new RegExp(`${TEXT_WORD.source}|pass|sig`, 'gi');
/** The words of names in configuration files, to search a line. */
export const CONFIGURATION_WORDS = new RegExp(CONFIGURATION_WORD, 'gi');
/** Short words count in a text only where they are a whole part of the name, as in `DB_PASS`. */
const SHORT_WORD = /(?:^|[_.-])(?:pass|sig|signature)(?:$|[_.-])/i;
/** A name with this ending refers to the location of a secret and has no secret value. */
const LOCATION = /(?:file|path|dir|directory|name|namespace|ref)$/i;
/** Keys that only contain the name of a Secret, which must stay readable to find a missing one. */
const SECRET_REFERENCES: ReadonlySet<string> = new Set([
  'secretKeyRef',
  'secretRef',
  'secretName',
  'existingSecret',
  'imagePullSecrets',
  'pullSecrets',
]);

/** True for a key, a path of keys, or a name such as `MINIO_SECRET_KEY` or `DB_PWD`, whose value is masked. */
export function isSecretLike(name: string): boolean {
  return SECRET_WORD.test(name);
}

/** The same for the lines of a configuration file. */
export function isSecretLikeInConfiguration(name: string): boolean {
  return CONFIGURATION_WORD.test(name);
}

/** The same for a name in a log or a message. */
export function isSecretLikeInText(name: string): boolean {
  return TEXT_WORD.test(name) || SHORT_WORD.test(name);
}

/** True for a key that refers to a Secret by its name. */
export function refersToSecret(key: string): boolean {
  return SECRET_REFERENCES.has(key);
}

/**
 * True for a flag such as `--password` or `-token`, whose value is the next argument; not for `--password=x` and
 * `--password-file`.
 */
export function isSecretFlag(word: string): boolean {
  return /^--?\w[\w.-]*$/.test(word) && isSecretLike(word) && !LOCATION.test(word);
}
