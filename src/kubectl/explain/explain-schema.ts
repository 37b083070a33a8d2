import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { wordWrap } from './word-wrap.ts';

const shortEnum = 4;

/** Every line behind spaces, empty ones, too. */
const indent = (text: string, amount: number): string =>
  text
    .split('\n')
    .map((line) => ' '.repeat(amount) + line)
    .join('\n');

/**
 * Describes schemas of one OpenAPI v3 document.
 *
 * Upstream: kubectl/pkg/explain/v2/templates/plaintext.tmpl (v1.36)
 */
export class SchemaExplainer {
  readonly #document: JsonObject;
  readonly #recursive: boolean;

  constructor(document: JsonObject, recursive: boolean) {
    this.#document = document;
    this.#recursive = recursive;
  }

  /** The text about a field at a path below a schema; undefined when there is no such field. */
  explain(schema: JsonObject, path: readonly string[], history: ReadonlySet<string> = new Set()): string | undefined {
    const reference = referenceOf(schema);
    const resolved = this.#resolve(schema);
    const [field, ...rest] = path;
    if (field === undefined) return this.#wholeText(resolved);
    if (reference !== '' && history.has(reference)) return undefined;
    const next = reference === '' ? history : new Set([...history, reference]);
    const property = propertiesOf(resolved)[field];
    if (property !== undefined) {
      const heading =
        rest.length === 0 ? `FIELD: ${field} <${this.#typeGuess(property)}>\n${longEnum(property)}\n\n` : '';
      const below = this.explain(property, rest);
      return below === undefined ? (heading === '' ? undefined : heading) : heading + below;
    }
    const inner = innerSchema(resolved);
    if (inner !== undefined) return this.explain(inner, path, next);
    for (const part of allOf(resolved)) {
      const text = this.explain(part, path, next);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #resolve(schema: JsonObject): JsonObject {
    let at: unknown = this.#document;
    const reference = referenceOf(schema);
    if (!reference.startsWith('#/')) return schema;
    for (const key of reference.slice(2).split('/')) at = isJsonObject(at) ? at[key] : undefined;
    return isJsonObject(at) ? at : schema;
  }

  #wholeText(schema: JsonObject): string {
    const description = this.#description(schema) || '<empty>';
    const fields = this.#fieldList(schema, 1, new Set());
    const external = externalDocs(schema, 4, '');
    return `DESCRIPTION:\n${indent(wordWrap(description, 76), 4)}\n${external}${fields === '' ? '' : `FIELDS:\n${fields}`}`;
  }

  /** Its own text and those of what it is made of. */
  #description(schema: JsonObject): string {
    const resolved = this.#resolve(schema);
    const own = typeof resolved['description'] === 'string' ? resolved['description'] : '';
    const parts = allOf(resolved).map((part) => this.#description(part));
    const { items } = resolved;
    const values = resolved['additionalProperties'];
    return [
      own === '' ? '' : `${own}\n`,
      ...parts,
      isJsonObject(items) ? this.#description(items) : '',
      isJsonObject(values) ? this.#description(values) : '',
    ].join('');
  }

  #fieldList(schema: JsonObject, level: number, history: ReadonlySet<string>): string {
    const reference = referenceOf(schema);
    if (reference !== '' && history.has(reference)) return '';
    const next = new Set([...history, reference]);
    const resolved = this.#resolve(schema);
    const properties = propertiesOf(resolved);
    let text = '';
    for (const name of Object.keys(properties).sort(compareStrings)) {
      const property = properties[name];
      if (property === undefined) continue;
      text += this.#fieldDetail(name, property, resolved, level);
      if (this.#recursive) text += this.#fieldList(property, level + 1, next);
    }
    for (const part of allOf(resolved)) text += this.#fieldList(part, level, next);
    const { items } = resolved;
    const values = resolved['additionalProperties'];
    if (isJsonObject(items)) text += this.#fieldList(items, level, next);
    if (isJsonObject(values)) text += this.#fieldList(values, level, next);
    return text;
  }

  #fieldDetail(name: string, property: JsonObject, owner: JsonObject, level: number): string {
    const spaces = level * 2;
    const required = Array.isArray(owner['required']) && owner['required'].includes(name) ? ' -required-' : '';
    const line = `${' '.repeat(spaces)}${name}\t<${this.#typeGuess(property)}>${required}${shortEnumText(property, spaces)}\n`;
    if (this.#recursive) return line;
    const description = typeof property['description'] === 'string' ? property['description'] : '';
    const text = indent(wordWrap(description || '<no description>', 78 - spaces), spaces + 2);
    return `${line}${text}\n${externalDocs(property, spaces + 4, '\n')}\n`;
  }

  /** `string`, `[]Container`, `map[string]string`. */
  #typeGuess(schema: JsonObject): string {
    const { items } = schema;
    const values = schema['additionalProperties'];
    if (isJsonObject(items)) return `[]${this.#typeGuess(items)}`;
    if (isJsonObject(values)) return `map[string]${this.#typeGuess(values)}`;
    const [only, ...others] = allOf(schema);
    if (only !== undefined && others.length === 0 && schema['properties'] === undefined) return this.#typeGuess(only);
    const reference = referenceOf(schema);
    if (reference !== '') {
      const resolved = this.#resolve(schema);
      const type = resolved === schema ? undefined : resolved['type'];
      if (type === undefined || type === 'object') return reference.split('/').at(-1)?.split('.').at(-1) || 'Object';
      return String(type);
    }
    const type = schema['type'];
    return type === undefined || type === 'object' ? 'Object' : String(type);
  }
}

const referenceOf = (schema: JsonObject): string => (typeof schema['$ref'] === 'string' ? schema['$ref'] : '');
const propertiesOf = (schema: JsonObject): Readonly<Record<string, JsonObject | undefined>> =>
  (schema['properties'] ?? {}) as Record<string, JsonObject>;
const allOf = (schema: JsonObject): readonly JsonObject[] => (schema['allOf'] ?? []) as readonly JsonObject[];

function innerSchema(schema: JsonObject): JsonObject | undefined {
  const { items } = schema;
  const values = schema['additionalProperties'];
  return isJsonObject(items) ? items : isJsonObject(values) ? values : undefined;
}

const enumTexts = (schema: JsonObject): string[] =>
  ((schema['enum'] ?? []) as readonly unknown[]).map((value) => (value === '' ? '""' : String(value)));

const longEnum = (schema: JsonObject): string => {
  const values = enumTexts(schema);
  return values.length === 0 ? '' : `ENUM:${values.map((value) => `\n    ${value}`).join('')}`;
};

function shortEnumText(schema: JsonObject, spaces: number): string {
  const values = enumTexts(schema);
  if (values.length === 0) return '';
  const shown = values.slice(0, shortEnum).join(', ');
  return `\n${' '.repeat(spaces)}enum: ${shown}${values.length > shortEnum ? ', ....' : ''}`;
}

function externalDocs(schema: JsonObject, spaces: number, before: string): string {
  const docs = schema['externalDocs'];
  if (!isJsonObject(docs)) return '';
  const description = typeof docs['description'] === 'string' ? docs['description'] : '';
  const url = typeof docs['url'] === 'string' ? docs['url'] : '';
  const heading = before === '' ? '\nEXTERNAL DOCS:\n' : `${before}${' '.repeat(spaces - 2)}EXTERNAL DOCS:\n`;
  return (
    heading +
    (description === '' ? '' : `${indent(wordWrap(description, 80 - spaces), spaces)}\n`) +
    (url === '' ? '' : `${' '.repeat(spaces)}URL: ${url}\n`)
  );
}
