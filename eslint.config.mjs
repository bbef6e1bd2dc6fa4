// Lint that carries weight; formatting is Biome's, imports between folders are .dependency-cruiser.mjs'. Every disable needs a reason on its line.
import * as regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** A file says what it is for before anything else. */
const fileHeader = {
  meta: { type: 'suggestion', schema: [], messages: { missing: 'Open the file with a comment that says what it is for.' } },
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

const MACHINE_PATHS = {
  selector: ':matches(Literal[value=/(^|[^\\w.])\\u002f(root|home|work)\\u002f/], TemplateElement[value.raw=/(^|[^\\w.])\\u002f(root|home|work)\\u002f/])',
  message: 'Do not name a path of one machine.',
};
const ONE_KIND_OF_EXPORT = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
];
const NO_CLOCK = [
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'core has no clock' },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'core has no clock' },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'core has no chance' },
];

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', '.lab/', '**/*.mjs'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin, house: { rules: { 'file-header': fileHeader } } },
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'max-lines': ['error', 200],
      'max-lines-per-function': ['error', 40],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', MACHINE_PATHS],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { regexp: regexp.default ?? regexp },
    // Text of a cluster, a container or a program is read in linear time.
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false, ignoreSticky: true }],
    },
  },
  { files: ['src/**/*.ts'], rules: { 'house/file-header': 'error', 'no-restricted-syntax': ['error', MACHINE_PATHS, ...ONE_KIND_OF_EXPORT] } },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'performance', 'console'],
      'no-restricted-syntax': ['error', MACHINE_PATHS, ...ONE_KIND_OF_EXPORT, ...NO_CLOCK],
    },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'max-lines': 'off', 'max-params': 'off', complexity: 'off' } },
);
