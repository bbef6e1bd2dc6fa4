import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { makeRedactor } from '../../../src/core/redaction/redact.js';
import { describeCrash, ignoreOutputErrors } from '../../../src/runner/guards.js';
import { maskLarge } from '../../../src/runner/mask-large.js';

describe('a closed log stream', () => {
  it('does not end the run', () => {
    const stream = new PassThrough();
    ignoreOutputErrors([stream]);
    expect(() => stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).not.toThrow();
  });
});

describe('the message of a crash', () => {
  it('is one short line that requests an issue and contains no source code', () => {
    const error = new TypeError(`x is not a function\n${'bundle source '.repeat(5000)}`);
    const text = describeCrash(error);
    expect(text).toMatch(/\(bug\): x is not a function .*Open an issue/);
    expect(text.length).toBeLessThan(800);
    expect(text).not.toContain('\n');
  });
});

describe('a large log in the diagnostics', () => {
  const redactor = makeRedactor();
  redactor.addSecret('known-secret');

  it('lets timers run while it is masked', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await maskLarge('password=hunter2 and some more words\n'.repeat(100_000), (text) => redactor.redact(text));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  it('is complete except for its secrets, also if one spans two chunks', async () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'QUJDREVG\n'.repeat(40_000)}-----END PRIVATE KEY-----`;
    const lines = 'a line with known-secret in it\n'.repeat(20_000);
    const masked = await maskLarge(`${lines}${key}\nthe end`, (text) => redactor.redact(text));
    expect(masked).toBe(`${lines.replaceAll('known-secret', '***')}***\nthe end`);
  });

  it('has its long lines truncated, and no part of a secret at the end of them', async () => {
    const masked = await maskLarge(`${'x'.repeat(16_380)} known-secret ${'y'.repeat(1_000_000)}`, (text) =>
      redactor.redact(text),
    );
    expect(masked.length).toBeLessThan(17_000);
    expect(masked).not.toContain('know');
    expect(masked).toContain('characters omitted');
  });
});
