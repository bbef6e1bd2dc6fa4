import { describe, expect, it } from '@jest/globals';
import { codeMarkdown, escapeMarkdown, mermaidName, oneLine, shorten } from '../../../../src/core/lib/escape.js';

describe('escapeMarkdown', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['a | b', 'a &#124; b'],
    ['`rm -rf`', '&#96;rm -rf&#96;'],
    ['*bold* _italic_ ~~gone~~', '\\*bold\\* \\_italic\\_ \\~\\~gone\\~\\~'],
    ['[click](https://evil.example)', '\\[click\\](https://evil.example)'],
    ['![pixel](x)', '!\\[pixel\\](x)'],
    ['back\\slash', 'back&#92;slash'],
    ['$HOME is $1', '<span>$</span>HOME is <span>$</span>1'],
    ['&lt;', '&amp;lt;'],
    ['one\ntwo\r\nthree\ttabs', 'one two three tabs'],
    ['# no heading', '\\# no heading'],
    ['- no item', '\\- no item'],
    ['1. no item', '1\\. no item'],
    ['2.2.12', '2.2.12'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['https://milvus.io/docs/upgrade_milvus_cluster-helm.md', 'https://milvus.io/docs/upgrade_milvus_cluster-helm.md'],
  ])('renders %j literally', (raw, escaped) => {
    expect(escapeMarkdown(raw)).toBe(escaped);
  });

  it.each([
    ['thank @octocat, please', 'thank `@octocat`, please'],
    ['wait-ready/my@2.2.16 cannot continue', '`wait-ready/my@2.2.16` cannot continue'],
    ['<b@c>|`d@e`', '<code>&lt;b@c&gt;&#124;&#96;d@e&#96;</code>'],
  ])('renders %j without a mention or a mail address', (raw, escaped) => {
    expect(escapeMarkdown(raw)).toBe(escaped);
  });

  it('cuts long texts', () => {
    expect(escapeMarkdown('x'.repeat(5000))).toHaveLength(600);
    expect(escapeMarkdown('x'.repeat(5000)).endsWith('…')).toBe(true);
  });
});

describe('codeMarkdown', () => {
  it.each([
    ['milvusdb/milvus:v2.2.16', '`milvusdb/milvus:v2.2.16`'],
    ['<b>', '`<b>`'],
    ['two\nlines', '`two lines`'],
    ['a`b', '<code>a&#96;b</code>'],
    ['a|b', '<code>a&#124;b</code>'],
    ['a\\', '<code>a&#92;</code>'],
    ['', ''],
  ])('keeps %j inside the code span', (raw, escaped) => {
    expect(codeMarkdown(raw)).toBe(escaped);
  });
});

describe('mermaidName', () => {
  it.each([
    ['my-milvus-querynode', 'my-milvus-querynode'],
    ['a:b;c#d,e', 'a_b_c_d_e'],
    ['x\nclick y href "javascript:alert(1)"', 'x_click y href _javascript_alert_1__'],
    ['%%{init: {}}%%', '___init_ _____'],
    ['  ', 'unnamed'],
  ])('removes from %j all characters with a meaning in Mermaid', (raw, name) => {
    expect(mermaidName(raw)).toBe(name);
  });
});

describe('oneLine and shorten', () => {
  it('make one line of limited length', () => {
    expect(oneLine(' a\u2028b\u0000c\n')).toBe('a b c');
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(shorten('abcd', 4)).toBe('abcd');
  });
});
