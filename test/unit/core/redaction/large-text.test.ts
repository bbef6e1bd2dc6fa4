import { describe, expect, it } from '@jest/globals';
import { decoded, describeText, readCertificates } from '../../../../src/core/config/certificates.js';
import { closestTo } from '../../../../src/core/lib/closest.js';
import { diffOf } from '../../../../src/core/compose/files/edit-diff.js';
import { readEnvFile } from '../../../../src/core/compose/files/env-file.js';
import { parseTemplate, resolveText } from '../../../../src/core/compose/files/interpolation.js';
import { tidyPath, pathFrom } from '../../../../src/core/compose/files/paths.js';
import { causeOfError, describeCauses } from '../../../../src/core/model/cause.js';
import { codeMarkdown, escapeMarkdown, mermaidName, oneLine, shorten } from '../../../../src/core/lib/escape.js';
import { pickHead, informativeLines } from '../../../../src/core/model/evidence.js';
import { causeOfHelm } from '../../../../src/core/helm/failure.js';
import { renderLog } from '../../../../src/core/report/log/log.js';
import { describeChanges } from '../../../../src/core/checks/manifest-changes.js';
import { maskLines } from '../../../../src/core/redaction/mask-lines.js';
import { maskObject, secretsInObject, secretsInValues } from '../../../../src/core/redaction/mask-object.js';
import { maskText } from '../../../../src/core/redaction/mask-text.js';
import { parseQuantity } from '../../../../src/core/lib/quantity.js';
import { makeRedactor } from '../../../../src/core/redaction/redact.js';
import { formsOf, secretsOfAddress } from '../../../../src/core/redaction/secret-forms.js';
import { parseSetLine } from '../../../../src/core/config/set-values.js';
import { blankBetween, inOrder, withoutEnd } from '../../../../src/core/lib/text-scan.js';
import { parseImage, parseVersion } from '../../../../src/core/model/version.js';
import { withoutHints } from '../../../../src/compose/docker/messages.js';
import { object } from '../../../support/objects.js';

const LENGTH = 1_000_000;
const LIMIT_MILLISECONDS = 200;
const filled = (part: string): string => part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH);

/** One million characters each, as a faulty or malicious container can print them. */
const ALL_SHAPES: Readonly<Record<string, string>> = {
  'one unbroken line': filled('x'),
  'a word of secrets': filled('pass'),
  'secret flags': filled('--password '),
  'secret pairs': filled('password="'),
  'escaped secret pairs': filled('password=\\"'),
  'names without values': filled('secret-token.key_'),
  'heads of web tokens': filled('eyJ'),
  'parts of web tokens': filled('eyJhbGciOi.'),
  'private keys without end': filled('-----BEGIN PRIVATE KEY-----'),
  'certificates without end': filled('-----BEGIN CERTIFICATE-----'),
  'half addresses': filled('a://'),
  'addresses with logins': filled('a://b:c@'),
  'at signs': filled('@'),
  spaces: filled(' '),
  tabs: filled('\t'),
  'single quotes': filled("'"),
  'double quotes': filled('"'),
  'opening brackets': filled('['),
  braces: filled('{'),
  'opened variables': filled('${A:-'),
  backticks: filled('`'),
  backslashes: filled('\\'),
  newlines: filled('\n'),
  'carriage returns': filled('\r\n'),
  NULs: filled('\u0000'),
  'terminal escapes': filled('\u001b['),
  equals: filled('='),
  colons: filled(': '),
  dashes: filled('-'),
  underscores: filled('_'),
  slashes: filled('/'),
  dots: filled('.'),
  digits: filled('7'),
  base64: filled('QUJD'),
  'letters beyond ASCII': filled('é漢'),
  'halves of surrogate pairs': filled('\ud83d'),
  'marks of direction': filled('\u202e'),
  'words of Helm': filled('Error: job UPGRADE is forbidden: User "'),
  'words of Compose': filled('format for near " contains '),
  'words of quota': filled('minimum maximum usage '),
};

/** `npm run check` tests the shapes for which masking once took seconds or minutes, `npm run test:full` all of them. */
const WORST = [
  'one unbroken line',
  'a word of secrets',
  'secret pairs',
  'heads of web tokens',
  'private keys without end',
  'half addresses',
  'newlines',
];
const SHAPES = Object.fromEntries(
  Object.entries(ALL_SHAPES).filter(([shape]) => process.env.LAB_TIER === 'full' || WORST.includes(shape)),
);

const redactor = makeRedactor();
for (let at = 0; at < 20; at += 1) redactor.addSecret(`known-secret-${at}-${'s'.repeat(30)}`);
const file = (text: string) => ({ path: 'a.env', before: `A=1\n${text}`, after: `A=2\n${text}`, settings: [] });
const failed = (why: string) =>
  renderLog({ at: '2026-01-01T00:00:00Z', type: 'failed', problem: { code: 'bug', what: why, why, remedy: why } });

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  maskText,
  maskLines: (text) => maskLines(text),
  maskObject: (text) =>
    maskObject({ kind: 'Pod', status: { message: text }, metadata: { annotations: { note: 'x' } } }),
  secretsInObject: (text) => secretsInObject({ spec: { args: ['--password', text, text] } }),
  secretsInValues: (text) => secretsInValues({ extraConfigFiles: { 'user.yaml': text } }),
  'redactor.clean': (text) => redactor.redact(text),
  'redactor.redact': (text) => redactor.redactEvent({ type: 'warned', message: text }),
  formsOf,
  secretsOfAddress,
  escapeMarkdown: (text) => escapeMarkdown(text),
  codeMarkdown,
  mermaidName,
  oneLine,
  shorten: (text) => shorten(text),
  informativeLines: (text) => informativeLines(text, 3),
  pickHead: (text) =>
    pickHead([
      { deployment: 'd', pod: 'p', state: text, events: [text], logs: [{ container: 'c', previous: false, text }] },
    ]),
  renderLog: failed,
  causeOfHelm: (text) => causeOfHelm(text, ''),
  describeCauses: (text) => describeCauses([causeOfError('QUOTA', text, '')]),
  describeChanges: (text) =>
    describeChanges([
      {
        before: object('ConfigMap', 'c', { data: { a: `1${text}` } }),
        after: object('ConfigMap', 'c', { data: { a: `2${text}` } }),
      },
    ]),
  diffOf: (text) => diffOf(file(text)),
  readEnvFile,
  parseTemplate,
  resolveText: (text) => resolveText(text, () => 'x'),
  tidyPath,
  pathFrom: (text) => pathFrom({ path: 'a/b.yaml' }, text),
  readCertificates,
  decoded,
  describeText,
  closestTo: (text) => closestTo(text, ['release', 'namespace', 'target-version']),
  parseSetLine,
  parseImage,
  parseVersion,
  parseQuantity,
  inOrder: (text) => inOrder(text, 'Error: ', 'job ', ' failed'),
  blankBetween: (text) => blankBetween(text, ' contains ', ', which is '),
  withoutEnd: (text) => withoutEnd(text, '/'),
  withoutHints,
};

/** The fastest of three attempts, by wall time or CPU time: another process on the machine must not fail this test. */
function millisecondsOf(read: (text: string) => unknown, text: string): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && fastest > LIMIT_MILLISECONDS; run += 1) {
    const [begun, used] = [performance.now(), process.cpuUsage()];
    read(text);
    const { user, system } = process.cpuUsage(used);
    fastest = Math.min(fastest, performance.now() - begun, (user + system) / 1000);
  }
  return fastest;
}

describe('one million characters of container output', () => {
  it.each(Object.keys(READERS))(
    `block the event loop for at most ${LIMIT_MILLISECONDS} ms in %s, whatever their shape`,
    (name) => {
      const slow = Object.entries(SHAPES)
        .map(([shape, text]) => ({ shape, took: millisecondsOf(READERS[name]!, text) }))
        .filter(({ took }) => took > LIMIT_MILLISECONDS);
      expect(slow).toEqual([]);
    },
  );
});
