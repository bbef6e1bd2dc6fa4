// Which names stand for secrets: keys of values, variables, flags and parameters. The one list that diffs, logs, summaries, reports and evidence share. Pure.

/** Parts of a name whose value is taken for a secret in structured data; one too many only masks a word. */
const SECRET_WORD = /pass|pwd|secret|token|key|credential|auth|connectionstring/i;
/** Configuration also holds certificates beside their keys. */
const CONFIGURATION_WORD = /pass|pwd|secret|token|key|credential|auth|connectionstring|cert/i;
/** Narrower, for logs and messages: these are full of keys, and of words such as "passed". */
const TEXT_WORD =
  /passw|passphrase|passcode|pwd|secret|token|credential|authorization|(?:api|access|private|account|signing|encryption|master|storage)[_-]?key|connection[_-]?string/i;
/** The same words and the short ones, to search a text for. */
export const SECRET_WORDS = new RegExp(`${TEXT_WORD.source}|pass|sig`, 'gi');
/** The words of names in configuration files, to search a line for. */
export const CONFIGURATION_WORDS = new RegExp(CONFIGURATION_WORD, 'gi');
/** Short words count in a text only where they are a whole part of the name, as in `DB_PASS`. */
const SHORT_WORD = /(?:^|[_.-])(?:pass|sig|signature)(?:$|[_.-])/i;
/** A name that ends so says where a secret is, and is none itself. */
const LOCATION = /(?:file|path|dir|directory|name|namespace|ref)$/i;
/** Keys below which a Secret is only named: a person has to read which one is missing. */
const SECRET_REFERENCES: ReadonlySet<string> = new Set(['secretKeyRef', 'secretRef', 'secretName', 'existingSecret', 'imagePullSecrets', 'pullSecrets']);

/** True for a key, a path of keys, or a name such as `MINIO_SECRET_KEY` or `DB_PWD`, whose value is taken for a secret. */
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

/** True for a flag such as `--password` or `-token`, whose value is the next argument; not for `--password=x` and `--password-file`. */
export function isSecretFlag(word: string): boolean {
  return /^--?\w[\w.-]*$/.test(word) && isSecretLike(word) && !LOCATION.test(word);
}
