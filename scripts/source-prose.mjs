// The words of a source that a person reads: comments, and strings of more than one word (messages, titles of tests).
// The rest is blanked.
import ts from 'typescript';

/** A string without a space is a code, a name or a path: not prose. */
const isProse = (text) => /\S\s+\S/.test(text);

const isText = (node) =>
  ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || node.kind === ts.SyntaxKind.JsxText;

function textNodes(file) {
  const found = [];
  const visit = (node) => {
    if (isText(node) && !ts.isImportDeclaration(node.parent)) found.push([node]);
    if (ts.isTemplateExpression(node)) found.push([node.head, ...node.templateSpans.map(({ literal }) => literal)]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.filter((parts) => isProse(parts.map((part) => part.text).join('x'))).flat();
}

function comments(text) {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  const found = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
    if (kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia)
      found.push([scanner.getTokenStart(), scanner.getTokenEnd()]);
  return found;
}

/** The same text, with a space for every character that is not prose, so that line and column stay right. */
export function sourceProse(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const spans = [...textNodes(file).map((node) => [node.getStart(file), node.getEnd()]), ...comments(text)];
  const kept = text.replaceAll(/[^\n]/g, ' ').split('');
  for (const [start, end] of spans) for (let at = start; at < end; at += 1) kept[at] = text[at];
  return kept.join('');
}
