// Names of objects that are generated from the name of a release. The name of a Job is also a label and may have at
// most 63 characters (kubernetes.io/docs, "Object Names and IDs", "DNS-1123 label"); a Helm release alone may have 53.
// Pure.
import { fingerprint } from './fingerprint.js';

const MAX_LENGTH = 63;

/**
 * `milvus-upgrade-<release>-<suffix>`. A release name that is too long is cut and gets a fingerprint of the whole name,
 * so that two releases with the same prefix do not collide; the suffix is kept. The same arguments give the same name
 * in every version of the action: a later run finds what an earlier one created.
 */
export function objectName(release: string, suffix: string): string {
  const fullName = `milvus-upgrade-${release}-${suffix}`;
  if (fullName.length <= MAX_LENGTH) return fullName;
  const end = `-${fingerprint(release)}-${suffix}`;
  return `${cut(`milvus-upgrade-${release}`, MAX_LENGTH - end.length)}${end}`;
}

/** The text as the value of a label; unchanged if it fits. */
export function labelValue(text: string): string {
  return text.length <= MAX_LENGTH
    ? text
    : `${cut(text, MAX_LENGTH - fingerprint(text).length - 1)}-${fingerprint(text)}`;
}

/** No part of a name ends with `-`, `.` or `_`. */
function cut(text: string, length: number): string {
  let end = Math.min(length, text.length);
  while (end > 0 && '-._'.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}
