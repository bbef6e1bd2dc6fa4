// Hides what may be a secret in the text of an object before anybody sees it. Hiding too much costs a word; hiding too little costs a password.
import { isTable, type Values } from './values.js';

const SECRET_NAME = '[\\w./-]*(?:pass|secret|token|key|credential|auth|cert|connectionstring)[\\w./-]*';
/** A name that may be a secret's, its separator, and what follows on the line; in YAML, JSON, an .ini file or an argument. */
const SECRET_LINE = new RegExp(`^(.*?["']?${SECRET_NAME}["']?\\s*[:=]\\s*)(\\S.*)?$`, 'i');
const IS_SECRET_NAME = new RegExp(`^${SECRET_NAME}$`, 'i');
/** A user and password in an address. */
const ADDRESS_LOGIN = /:\/\/[^\s/@]+@/g;
const HARMLESS = /^["']?(true|false|null|\{\}|\[\])["']?,?$/;

/** The same object, with everything in a Secret, and the value of each variable with a name like a secret's, replaced by `***`. */
export function maskObject(object: Values): Values {
  if (object.kind !== 'Secret') return maskTable(object);
  return { ...object, ...Object.fromEntries(['data', 'stringData'].filter((key) => key in object).map((key) => [key, hideEach(object[key])])) };
}

function hideEach(table: unknown): unknown {
  return isTable(table) ? Object.fromEntries(Object.keys(table).map((key) => [key, '***'])) : '***';
}

function maskTable(table: Values): Values {
  const isSecretVariable = typeof table.name === 'string' && IS_SECRET_NAME.test(table.name) && 'value' in table;
  const masked = Object.entries(table).map(([key, value]): [string, unknown] => [key, key === 'value' && isSecretVariable ? '***' : maskValue(value)]);
  return Object.fromEntries(masked);
}

function maskValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskValue);
  return isTable(value) ? maskTable(value) : value;
}

/** The same lines; whatever stands beside or below a name like a secret's is hidden. Configuration files within an object are lines as well. */
export function maskLines(text: string): string {
  let hiddenBelow = Number.POSITIVE_INFINITY;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (indent > hiddenBelow) return `${' '.repeat(indent)}***`;
      if (indent >= 0) hiddenBelow = Number.POSITIVE_INFINITY;
      const found = SECRET_LINE.exec(line);
      if (!found) return line.replace(ADDRESS_LOGIN, '://***@');
      const [, name = '', value = ''] = found;
      if (/^([|>][+-]?\d?)?$/.test(value)) hiddenBelow = indent;
      return value === '' || HARMLESS.test(value) ? line : `${name}***`;
    })
    .join('\n');
}
