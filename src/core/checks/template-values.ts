// Which values the templates of a chart read: a chart can use values that its values.yaml does not contain, or contains
// only in a comment (zilliztech/milvus-helm: image.all.pullSecrets, service.loadBalancerIP). Pure.

/**
 * Whether a template may read the value at `a.b.c`: it names the path or a part of it as a whole, or it enters a record
 * above it (`with`, `range`, a variable, an include) and names the key.
 */
export function readsValue(templates: readonly string[], path: string): boolean {
  const keys = path.split('.');
  const last = keys.at(-1) ?? '';
  if (templates.some((template) => names(template, path) || usesWhole(template, path))) return true;
  const parents = keys.slice(1).map((_, at) => keys.slice(0, at + 1).join('.'));
  const isEntered = templates.some((template) => parents.some((parent) => enters(template, parent)));
  return isEntered && templates.some((template) => new RegExp(`\\.${escaped(last)}(?![\\w-])`).test(template));
}

/** `.Values.a.b` or `.Values.a.b.c` for the path `a.b`. */
function names(template: string, path: string): boolean {
  return new RegExp(`\\.Values\\.${escaped(path)}(?![\\w-])`).test(template);
}

/** `toYaml .Values.a` for the path `a.b`: everything below is rendered. */
function usesWhole(template: string, path: string): boolean {
  const keys = path.split('.');
  return keys.some((_, at) =>
    new RegExp(
      `(toYaml|toJson|toPrettyJson|tpl)\\s+\\(?\\$?\\.Values\\.${escaped(keys.slice(0, at).join('.'))}(?![\\w.-])`,
    ).test(template),
  );
}

function enters(template: string, parent: string): boolean {
  return new RegExp(`(with|range|include|template|:=)[^{}]*\\.Values\\.${escaped(parent)}(?![\\w.-])`).test(template);
}

function escaped(path: string): string {
  return path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
