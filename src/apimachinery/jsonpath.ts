// Evaluates and prints kubectl's JSONPath templates. Upstream: client-go/util/jsonpath/jsonpath.go (v1.36)
// Differs: members of maps come sorted by key where upstream ranges over a map.
import { compareStrings, formatNumber, formatValue } from './go-format.ts';
import { encodeGoJson } from './go-json.ts';
import { getMember, isJsonObject } from './json-value.ts';
import { JsonPathError, parseJsonPathTemplate } from './jsonpath-parser.ts';
import type { JsonPathNode, ListNode, SliceBound } from './jsonpath-parser.ts';

/** How a template is evaluated. */
export interface JsonPathOptions {
  /** A field that nobody has gives nothing, instead of an error. */
  readonly allowMissingKeys?: boolean;
}

/** A number written with a decimal point: it compares with such numbers only. */
class FloatLiteral {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** The values each part of a template gives, in order. */
export type JsonPathResults = readonly (readonly unknown[])[];

/** A template that was read. */
export class JsonPath {
  readonly #root: ListNode;
  readonly #allowMissingKeys: boolean;

  /** @throws JsonPathError when the template cannot be read */
  constructor(template: string, options: JsonPathOptions = {}) {
    this.#root = parseJsonPathTemplate(template);
    this.#allowMissingKeys = options.allowMissingKeys ?? false;
  }

  /** The values each part of the template gives. @throws JsonPathError */
  findResults(data: unknown): JsonPathResults {
    return new Evaluation(this.#root, this.#allowMissingKeys).findResults(data, 0);
  }

  /** The template's text for a value. @throws JsonPathError */
  execute(data: unknown): string {
    return this.findResults(data).map(printResults).join('');
  }

  /** As `kubectl -o jsonpath-as-json`: each part's values as indented JSON. @throws JsonPathError */
  executeAsJson(data: unknown): string {
    const print = (values: readonly unknown[]): string =>
      encodeGoJson(values.map(plain), { indent: 4, sortKeys: true });
    return this.findResults(data)
      .map((values) => `${print(values)}\n`)
      .join('');
  }
}

function plain(value: unknown): unknown {
  return value instanceof FloatLiteral ? value.value : value;
}

/** Values separated by spaces; maps and lists as JSON. Upstream: PrintResults */
export function printResults(values: readonly unknown[]): string {
  return values.map((value) => textOf(plain(value))).join(' ');
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return encodeGoJson(value, { sortKeys: true });
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

const encoder = new TextEncoder();

/** What a value consists of. */
function parts(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...encoder.encode(value)];
  if (!isJsonObject(value)) return [];
  return Object.keys(value)
    .sort(compareStrings)
    .map((key) => value[key]);
}

function typeName(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/** One evaluation of a template, with the state of its ranges. */
class Evaluation {
  readonly #root: ListNode;
  readonly #allowMissingKeys: boolean;
  #beginRange = 0;
  #inRange = 0;
  #endRange = 0;
  #lastEnd = -1;

  constructor(root: ListNode, allowMissingKeys: boolean) {
    this.#root = root;
    this.#allowMissingKeys = allowMissingKeys;
  }

  findResults(data: unknown, from: number): (readonly unknown[])[] {
    const { nodes } = this.#root;
    const out: (readonly unknown[])[] = [];
    for (let i = from; i < nodes.length; i++) {
      const node = nodes[i];
      if (node === undefined) break;
      const results = this.#walk([data], node);
      if (this.#endRange > 0 && this.#endRange <= this.#inRange) {
        this.#endRange--;
        this.#lastEnd = i;
        break;
      }
      if (this.#beginRange === 0) {
        out.push(results);
        continue;
      }
      this.#beginRange--;
      this.#inRange++;
      for (const value of results) out.push(...this.findResults(value, i + 1));
      if (results.length === 0) this.findResults(null, i + 1);
      this.#inRange--;
      if (this.#lastEnd > i) i = this.#lastEnd;
    }
    return out;
  }

  #walk(input: readonly unknown[], node: JsonPathNode): readonly unknown[] {
    switch (node.kind) {
      case 'list':
        return this.#list(input, node);
      case 'text':
        return [node.text];
      case 'int':
      case 'bool':
        return input.map(() => node.value);
      case 'float':
        return input.map(() => new FloatLiteral(node.value));
      case 'field':
        return this.#field(input, node.name);
      case 'array':
        return input.flatMap((value) => sliceOf(value, node.bounds));
      case 'wildcard':
        return input.flatMap(parts);
      case 'recursive':
        return recursive(input);
      case 'union':
        return node.nodes.flatMap((list) => this.#list(input, list));
      case 'filter':
        return input.flatMap((value) => this.#filter(value, node));
      case 'identifier':
        return this.#identifier(input, node.name);
    }
  }

  #list(input: readonly unknown[], { nodes }: ListNode): readonly unknown[] {
    return nodes.reduce<readonly unknown[]>((values, node) => this.#walk(values, node), input);
  }

  #identifier(input: readonly unknown[], name: string): readonly unknown[] {
    if (name === 'range') {
      this.#beginRange++;
      return input;
    }
    if (name !== 'end') throw new JsonPathError(`unrecognized identifier ${name}`);
    if (this.#inRange === 0) throw new JsonPathError('not in range, nothing to end');
    this.#endRange++;
    return [];
  }

  #field(input: readonly unknown[], name: string): readonly unknown[] {
    if (input.length === 0) return [];
    const out: unknown[] = [];
    for (const value of input) {
      const member = isJsonObject(value) ? getMember(value, name) : undefined;
      if (member !== undefined) out.push(member);
    }
    if (out.length === 0 && !this.#allowMissingKeys) throw new JsonPathError(`${name} is not found`);
    return out;
  }

  #filter(value: unknown, node: Extract<JsonPathNode, { readonly kind: 'filter' }>): readonly unknown[] {
    if (!Array.isArray(value)) {
      throw new JsonPathError(`${formatValue(value)} is not array or slice and cannot be filtered`);
    }
    return value.filter((item: unknown) => this.#passes(item, node));
  }

  #passes(item: unknown, node: Extract<JsonPathNode, { readonly kind: 'filter' }>): boolean {
    if (node.operator === 'exists') {
      try {
        return this.#list([item], node.left).length > 0;
      } catch (error) {
        if (error instanceof JsonPathError) return false;
        throw error;
      }
    }
    const lefts = this.#list([item], node.left);
    if (lefts.length === 0) return false;
    if (lefts.length > 1) throw new JsonPathError('can only compare one element at a time');
    const rights = this.#list([item], node.right);
    if (rights.length === 0) return false;
    if (rights.length > 1) throw new JsonPathError('can only compare one element at a time');
    return compare(lefts[0], rights[0], node.operator);
  }
}

function recursive(input: readonly unknown[]): unknown[] {
  const out: unknown[] = [];
  for (const value of input) {
    const inner = parts(value);
    if (inner.length > 0) out.push(value, ...recursive(inner));
  }
  return out;
}

function sliceOf(
  value: unknown,
  [first, second, third]: readonly [SliceBound, SliceBound, SliceBound],
): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${typeName(value)} is not array or slice`);
  const list: readonly unknown[] = value;
  const length = list.length;
  const start = first.known ? first.value + (first.value < 0 ? length : 0) : 0;
  let end = second.known ? second.value : length;
  if (end < 0 || (end === 0 && second.derived)) end += length;
  if (start === end) return [];
  const outOfBounds = (index: number): JsonPathError =>
    new JsonPathError(`array index out of bounds: index ${index}, length ${length}`);
  if (start >= length || start < 0) throw outOfBounds(start);
  if (end > length || end < 0) throw outOfBounds(end - 1);
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
  if (third.known && third.value <= 0) throw new JsonPathError('step must be > 0');
  const step = third.known ? third.value : 1;
  return list.slice(start, end).filter((_, i) => i % step === 0);
}

type BasicKind = 'bool' | 'int' | 'float' | 'string';

function basicKind(value: unknown): BasicKind {
  if (value instanceof FloatLiteral) return 'float';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  throw new JsonPathError('invalid type for comparison');
}

function compare(left: unknown, right: unknown, operator: string): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '<':
      return isLess(left, right);
    case '<=':
      return isLess(left, right) || isEqual(left, right);
    case '>':
      return !(isLess(left, right) || isEqual(left, right));
    case '>=':
      return !isLess(left, right);
    default:
      throw new JsonPathError(`unrecognized filter operator ${operator}`);
  }
}

function sameKind(left: unknown, right: unknown): BasicKind {
  const kind = basicKind(left);
  if (kind !== basicKind(right)) throw new JsonPathError('incompatible types for comparison');
  return kind;
}

function isEqual(left: unknown, right: unknown): boolean {
  sameKind(left, right);
  return plain(left) === plain(right);
}

function isLess(left: unknown, right: unknown): boolean {
  const kind = sameKind(left, right);
  if (kind === 'bool') throw new JsonPathError('invalid type for comparison');
  if (kind === 'string') return compareStrings(String(left), String(right)) < 0;
  return Number(plain(left)) < Number(plain(right));
}
