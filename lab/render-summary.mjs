// Renders a job summary as one HTML page, to view it without GitHub: its Markdown, its light and dark colors, its
// diagrams. The page works offline: Mermaid is embedded. usage: node render-summary.mjs summary.md summary.html
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';

const [source, target] = process.argv.slice(2);
const mermaidFile = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/mermaid/dist/mermaid.min.js');
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const ALERTS = { NOTE: '#0969da', TIP: '#1a7f37', IMPORTANT: '#8250df', WARNING: '#9a6700', CAUTION: '#cf222e' };

const marked = new Marked({
  gfm: true,
  renderer: {
    code: ({ text, lang }) =>
      lang === 'mermaid' ? `<pre class="mermaid">${escape(text)}</pre>\n` : `<pre><code>${escape(text)}</code></pre>\n`,
    blockquote({ tokens }) {
      const body = this.parser.parse(tokens);
      const kind = /^<p>\[!(\w+)\]/.exec(body)?.[1];
      if (!(kind in ALERTS)) return `<blockquote>${body}</blockquote>\n`;
      const title = kind[0] + kind.slice(1).toLowerCase();
      const text = body.replace(/^<p>\[!\w+\]\s*(<br>)?/, '<p>');
      return `<blockquote class="alert" style="--alert: ${ALERTS[kind]}"><p class="title">${title}</p>${text}</blockquote>\n`;
    },
  },
});

const style = `
:root { color-scheme: light dark; --text: #1f2328; --back: #fff; --line: #d1d9e0; --soft: #f6f8fa; --link: #0969da; --quiet: #59636e }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --back: #0d1117; --line: #3d444d; --soft: #151b23; --link: #4493f8; --quiet: #9198a1 } }
body { max-width: 1012px; margin: 2em auto; padding: 0 1.5em; background: var(--back); color: var(--text);
  font: 16px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
h1, h2 { border-bottom: 1px solid var(--line); padding-bottom: .3em }
a { color: var(--link) }
table { border-collapse: collapse; display: block; overflow: auto; max-width: 100% }
th, td { border: 1px solid var(--line); padding: 6px 13px }
tr:nth-child(2n) { background: var(--soft) }
code, pre { font: 85%/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--soft); border-radius: 6px }
code { padding: .2em .4em } pre { padding: 1em; overflow: auto } pre code { padding: 0; font-size: 100% }
pre.mermaid { background: none; text-align: center }
blockquote { margin: 0 0 1em; padding: 0 1em; border-left: .25em solid var(--line); color: var(--quiet) }
blockquote.alert { border-color: var(--alert); color: inherit } .alert .title { color: var(--alert); font-weight: 600; margin-bottom: 0 }
details { margin: 1em 0 } summary { cursor: pointer }
`;

const body = marked.parse(readFileSync(source, 'utf8'));
const drawn = body.includes('class="mermaid"') && existsSync(mermaidFile);
const picture = drawn
  ? `<script>${readFileSync(mermaidFile, 'utf8').replaceAll('</script', '<\\/script')}</script>
<script>
  // A diagram inside a closed <details> element would have no size.
  const closed = [...document.querySelectorAll('details:not([open])')];
  for (const part of closed) part.open = true;
  mermaid.initialize({ startOnLoad: false, theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default' });
  mermaid.run().finally(() => closed.forEach((part) => (part.open = false)));
</script>`
  : '';
const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Job summary</title><style>${style}</style>`;
writeFileSync(
  target,
  `<!doctype html>\n<html lang="en"><head>${head}</head>\n<body>\n${body}${picture}</body></html>\n`,
);
