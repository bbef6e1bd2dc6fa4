// This project's own lint rules: what no rule of oxlint says. Used by .oxlintrc.json.

/** A file says what it is for before anything else. */
const fileHeader = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: 'Open the file with a comment that says what it is for.' },
  },
  create(context) {
    return {
      Program(node) {
        const [first] = context.sourceCode.getAllComments();
        const opens = first && first.type === 'Line' && first.range[0] === 0 && first.value.trim().length >= 20;
        if (!opens) context.report({ node, messageId: 'missing' });
      },
    };
  },
};

/** A rule that reports each node that one of the selectors matches. */
const restricts = (selectors) => ({
  meta: { type: 'problem', schema: [] },
  create: (context) =>
    Object.fromEntries(
      Object.entries(selectors).map(([selector, message]) => [selector, (node) => context.report({ node, message })]),
    ),
});

const WIDTH = 120;

/** The width of a line. The formatter wraps code and never a comment; a text in quotes may be longer. */
const lineWidth = {
  meta: { type: 'layout', schema: [], messages: { long: `The line is longer than ${WIDTH} characters.` } },
  create(context) {
    const quoted = new Set();
    const keep = (node) => {
      for (let line = node.loc.start.line; line <= node.loc.end.line; line += 1) quoted.add(line);
    };
    return {
      'Literal[raw=/^[\'"/]/]': keep,
      TemplateLiteral: keep,
      'Program:exit'() {
        for (const [index, text] of context.sourceCode.lines.entries()) {
          const line = index + 1;
          if (text.length <= WIDTH || quoted.has(line)) continue;
          context.report({
            loc: { start: { line, column: 0 }, end: { line, column: text.length } },
            messageId: 'long',
          });
        }
      },
    };
  },
};

const MACHINE_PATH = '(^|[^\\w.])\\u002f(root|home|work)\\u002f';

export default {
  meta: { name: 'house' },
  rules: {
    'file-header': fileHeader,
    'line-width': lineWidth,
    'no-machine-path': restricts({
      [`Literal[value=/${MACHINE_PATH}/]`]: 'Do not name a path of one machine.',
      [`TemplateElement[value.raw=/${MACHINE_PATH}/]`]: 'Do not name a path of one machine.',
    }),
    'named-exports': restricts({ ExportDefaultDeclaration: 'Export by name.' }),
    'no-enum': restricts({ TSEnumDeclaration: 'Use a union of strings.' }),
    // Node.js 20 collects the source of a combined signal as garbage, and the combined signal never aborts.
    'no-signal-timeout': restricts({
      'MemberExpression[object.name="AbortSignal"][property.name="timeout"]':
        'AbortSignal.any loses it: use limited, or a timer that aborts a controller.',
    }),
    'no-clock': restricts({
      'MemberExpression[object.name="Date"][property.name="now"]': 'core has no clock',
      'NewExpression[callee.name="Date"][arguments.length=0]': 'core has no clock',
      'MemberExpression[object.name="Math"][property.name="random"]': 'core has no chance',
    }),
  },
};
