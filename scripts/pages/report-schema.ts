// Generates docs/report-schema.json, the JSON schema of the report, from the type `Report` and its docstrings.
//
// An interface becomes a definition, a docstring a description. Two tags state what a type cannot:
//   @asType integer|string   the type of the value, or of the items of a list or map
//   @minimum 0               the smallest value
import ts from 'typescript';
import { formatJson } from './format-json.js';

const SOURCE = 'src/core/report/report.ts';
const TITLE = 'Report of a run of milvus-upgrade';

type Schema = { readonly [key: string]: unknown };

export function renderReportSchema(): string {
  const program = ts.createProgram([SOURCE], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    types: [],
  });
  const { description, ...schema } = new SchemaWriter(program.getTypeChecker()).report(program.getSourceFile(SOURCE));
  return formatJson({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: TITLE,
    description,
    ...schema,
  });
}

class SchemaWriter {
  readonly #checker: ts.TypeChecker;
  readonly #definitions = new Map<string, Schema>();
  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  report(file: ts.SourceFile | undefined): Schema {
    const module = file && this.#checker.getSymbolAtLocation(file);
    const symbol = module && this.#checker.getExportsOfModule(module).find(({ name }) => name === 'Report');
    if (!symbol) throw new Error(`${SOURCE} exports no type Report`);
    const schema = this.#define(symbol, this.#checker.getDeclaredTypeOfSymbol(symbol));
    return { ...schema, $defs: Object.fromEntries([...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1))) };
  }

  #define(symbol: ts.Symbol, type: ts.Type): Schema {
    return { ...this.#describe(symbol), ...this.#object(type) };
  }

  #object(type: ts.Type): Schema {
    const items = this.#checker.getIndexTypeOfType(type, ts.IndexKind.String);
    if (items) return { type: 'object', additionalProperties: this.#schemaOf(items) };
    const properties = this.#checker.getPropertiesOfType(type);
    return {
      type: 'object',
      additionalProperties: false,
      required: properties.filter((property) => !isOptional(property)).map(({ name }) => name),
      properties: Object.fromEntries(properties.map((property) => [property.name, this.#property(property)])),
    };
  }

  #property(property: ts.Symbol): Schema {
    const tags = new Map(
      property.getJsDocTags(this.#checker).map(({ name, text }) => [name, ts.displayPartsToString(text)]),
    );
    const type = this.#checker.getTypeOfSymbol(property);
    const tagged = (plain: ts.Type): Schema => withTags(this.#schemaOf(plain), tags);
    const isUnknown = (type.flags & ts.TypeFlags.Unknown) !== 0;
    const schema = tagged(isUnknown ? type : this.#checker.getNonNullableType(type));
    return { ...this.#describe(property), ...(includesNull(type) ? orNull(schema) : schema) };
  }

  #describe(symbol: ts.Symbol): Schema {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    return text === '' ? {} : { description: text.replaceAll(/\s+/g, ' ').replaceAll('`', '') };
  }

  #schemaOf(type: ts.Type): Schema {
    if (type.isUnion()) return this.#union(type);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    const plain = PLAIN.find(([flag]) => (type.flags & flag) !== 0);
    if (plain) return plain[1];
    const [item] = this.#checker.isArrayType(type) ? this.#checker.getTypeArguments(type as ts.TypeReference) : [];
    if (item) return { type: 'array', items: this.#schemaOf(item) };
    const symbol = type.getSymbol();
    return symbol && (symbol.flags & ts.SymbolFlags.Interface) !== 0
      ? this.#reference(symbol, type)
      : this.#object(type);
  }

  /** Only literals can be alternatives: a reader need not guess which of several objects it has. */
  #union({ types }: ts.UnionType): Schema {
    if (types.every((type) => (type.flags & ts.TypeFlags.BooleanLiteral) !== 0)) return { type: 'boolean' };
    const values = types.map((type) => (type.isStringLiteral() || type.isNumberLiteral() ? type.value : undefined));
    if (values.includes(undefined)) throw new Error(`a union of ${this.#checker.typeToString(types[0]!)} and others`);
    return { enum: values };
  }

  #reference(symbol: ts.Symbol, type: ts.Type): Schema {
    if (!this.#definitions.has(symbol.name)) {
      this.#definitions.set(symbol.name, {});
      this.#definitions.set(symbol.name, this.#define(symbol, type));
    }
    return { $ref: `#/$defs/${symbol.name}` };
  }
}

const PLAIN: readonly (readonly [ts.TypeFlags, Schema])[] = [
  [ts.TypeFlags.Unknown, {}],
  [ts.TypeFlags.String, { type: 'string' }],
  [ts.TypeFlags.Number, { type: 'number' }],
  [ts.TypeFlags.Boolean, { type: 'boolean' }],
];

function isOptional({ flags }: ts.Symbol): boolean {
  return (flags & ts.SymbolFlags.Optional) !== 0;
}

function includesNull(type: ts.Type): boolean {
  return type.isUnion() && type.types.some(({ flags }) => (flags & ts.TypeFlags.Null) !== 0);
}

function orNull(schema: Schema): Schema {
  if (Array.isArray(schema.enum)) return { enum: [...(schema.enum as unknown[]), null] };
  if (typeof schema.type === 'string' && schema.type !== 'object') return { ...schema, type: [schema.type, 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}

function withTags(schema: Schema, tags: ReadonlyMap<string, string>): Schema {
  const [type, minimum] = [tags.get('asType'), tags.get('minimum')];
  if (schema.items) return { ...schema, items: withTags(schema.items as Schema, tags) };
  if (schema.additionalProperties)
    return { ...schema, additionalProperties: withTags(schema.additionalProperties as Schema, tags) };
  const base = type === undefined ? schema : { type };
  return minimum === undefined ? base : { ...base, minimum: Number(minimum) };
}
