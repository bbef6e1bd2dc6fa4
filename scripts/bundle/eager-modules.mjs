// V8 parses the body of a function once to skip it and again to compile it when it is called, but compiles a
// parenthesized function expression at once. ncc wraps every module in a parenthesized arrow function, to which this
// does not apply: a fourth of the time that the action needs to start was the second parse.

/** The first line of a module as webpack prints it. */
const WRAPPER = /^\/\*{3}\/ \(\((.*)\) => \{$/gm;

/** The text of a packed file with its modules as function expressions. They use neither `this` nor `arguments`. */
export function withEagerModules(text) {
  if (!text.match(WRAPPER)) throw new Error('ncc no longer wraps modules in the form that eager-modules.mjs expects');
  return text.replace(WRAPPER, (_, parameters) => `/***/ (function(${parameters}) {`);
}
