// Reads YAML as the API server and kubectl do: YAML 1.1 with merge keys, made into JSON values.
// Upstream: sigs.k8s.io/yaml and go-yaml v2 decode.go
import { decodeBase64 } from './base64.ts';
import { formatNumber, formatValue } from './go-format.ts';
import { isJsonObject, setMember } from './json-value.ts';
import type { MutableJsonObject } from './json-value.ts';
import { duplicateKeyText, parseYamlNode, shortTag } from './yaml-parser.ts';
import type { YamlNode } from './yaml-parser.ts';
import { parseYamlInteger, plainKind } from './yaml-scalar.ts';
import { YamlError } from './yaml-reader.ts';

const mergeFailure = 'yaml: map merge requires map or sequence of maps as the value';
const kindTags: Readonly<Record<string, string>> = {
  string: '!!str',
  null: '!!null',
  boolean: '!!bool',
  integer: '!!int',
  float: '!!float',
  timestamp: '!!timestamp',
  merge: '!!merge',
};
const coreTags: ReadonlySet<string> = new Set(['', '!!str', '!!bool', '!!int', '!!float', '!!null', '!!timestamp']);
const trueWords = /^(y|yes|true|on)$/i;

/** Decodes one document. */
class Decoder {
  /** Complaints about keys set twice, in the order go-yaml finds them. */
  readonly duplicates: string[] = [];
  readonly #aliases = new Set<YamlNode>();
  #decodeCount = 0;
  #aliasCount = 0;

  decode(node: YamlNode): unknown {
    this.#count();
    switch (node.kind) {
      case 'scalar':
        return scalarValue(node);
      case 'sequence':
        return node.items.map((item) => this.decode(item));
      case 'mapping':
        return this.#mapping(node, {});
      case 'alias':
        return this.#alias(node, () => this.decode(node.target));
    }
  }

  #alias<T>({ name, target }: Extract<YamlNode, { readonly kind: 'alias' }>, decode: () => T): T {
    if (this.#aliases.has(target)) throw new YamlError(`yaml: anchor '${name}' value contains itself`);
    this.#aliases.add(target);
    const value = decode();
    this.#aliases.delete(target);
    return value;
  }

  /** Refuses documents that are mostly repetitions of others' parts. */
  #count(): void {
    this.#decodeCount++;
    if (this.#aliases.size > 0) this.#aliasCount++;
    if (this.#aliasCount <= 100 || this.#decodeCount <= 1000) return;
    const share = Math.min(Math.max((this.#decodeCount - 400_000) / 3_600_000, 0), 1);
    if (this.#aliasCount / this.#decodeCount > 0.99 - 0.89 * share) {
      throw new YamlError('yaml: document contains excessive aliasing');
    }
  }

  #mapping(node: Extract<YamlNode, { readonly kind: 'mapping' }>, out: MutableJsonObject): MutableJsonObject {
    for (const [keyNode, valueNode] of node.pairs) {
      if (isMerge(keyNode)) {
        this.#merge(valueNode, out);
        continue;
      }
      const key = this.decode(keyNode);
      const value = this.decode(valueNode);
      const name = keyText(key, value);
      if (Object.hasOwn(out, name))
        this.duplicates.push(duplicateKeyText(valueNode.line, key as string | number | boolean));
      setMember(out, name, value);
    }
    return out;
  }

  #merge(node: YamlNode, out: MutableJsonObject): void {
    if (node.kind === 'mapping') this.#mapping(node, out);
    else if (node.kind === 'alias' && node.target.kind === 'mapping') {
      const { target } = node;
      this.#alias(node, () => this.#mapping(target, out));
    } else if (node.kind === 'sequence') {
      for (const item of [...node.items].reverse()) {
        const target = item.kind === 'alias' ? item.target : item;
        if (target.kind !== 'mapping') throw new YamlError(mergeFailure);
        this.#merge(item, out);
      }
    } else throw new YamlError(mergeFailure);
  }
}

function isMerge(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === '<<' && (node.plain || shortTag(node.tag) === '!!merge');
}

/** Keys that are no strings become strings; lists, maps and null cannot. */
function keyText(key: unknown, value: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number') return formatNumber(key);
  if (typeof key === 'boolean') return String(key);
  if (key !== null) throw new YamlError(`yaml: invalid map key: ${goSyntax(key)}`);
  throw new YamlError(
    `unsupported map key of type: %!s(<nil>), key: <nil>, value: ${value === null ? '<nil>' : goSyntax(value)}`,
  );
}

function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return typeof value === 'string' ? JSON.stringify(value) : formatValue(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${goSyntax(member)}`);
  return `map[interface {}]interface {}{${members.sort().join(', ')}}`;
}

function scalarValue(node: Extract<YamlNode, { readonly kind: 'scalar' }>): unknown {
  const { value, plain } = node;
  const tag = shortTag(node.tag);
  if (tag === '' && !plain) return value;
  if (tag === '!!binary') return decodeBinary(value);
  if (!coreTags.has(tag) || tag === '!!str') return value;
  const kind = plainKind(value);
  const found = kindTags[kind] ?? '';
  const fits = tag === '' || found === tag || (tag === '!!float' && kind === 'integer');
  if (!fits) throw new YamlError(`yaml: cannot decode ${found} \`${value}\` as a ${tag}`);
  switch (kind) {
    case 'null':
      return null;
    case 'boolean':
      return trueWords.test(value);
    case 'integer':
      return Number(parseYamlInteger(value));
    case 'float':
      return floatValue(value);
    default:
      return value;
  }
}

function floatValue(text: string): number {
  const plain = text.replaceAll('_', '').toLowerCase();
  if (plain.endsWith('.nan')) throw new YamlError('json: unsupported value: NaN');
  if (plain.endsWith('.inf')) throw new YamlError(`json: unsupported value: ${plain.startsWith('-') ? '-' : '+'}Inf`);
  return Number(plain);
}

function decodeBinary(text: string): string {
  const letters = text.replace(/[\r\n]/g, '');
  if (letters.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(letters)) {
    throw new YamlError('yaml: !!binary value contains invalid base64 data');
  }
  return new TextDecoder().decode(decodeBase64(letters));
}

/**
 * The JSON value of the first document of a YAML text; null for an empty one. Of like keys the last one counts.
 *
 * @throws YamlError
 *
 * Upstream: sigs.k8s.io/yaml YAMLToJSON
 */
export function parseYaml(text: string): unknown {
  const node = parseYamlNode(text);
  return node === undefined ? null : new Decoder().decode(node);
}

/**
 * Complaints about keys that a YAML text sets twice: `line 6: key "x" already set in map`.
 *
 * @throws YamlError
 *
 * Upstream: go-yaml v2 UnmarshalStrict
 */
export function duplicateYamlKeys(text: string): string[] {
  const node = parseYamlNode(text);
  const decoder = new Decoder();
  if (node !== undefined) decoder.decode(node);
  return decoder.duplicates;
}

/**
 * The documents of a YAML stream, split at lines that begin with `---`. Empty documents are left out.
 *
 * @throws YamlError when something other than a comment follows the dashes
 *
 * Upstream: apimachinery/pkg/util/yaml/decoder.go YAMLReader.Read (v1.36)
 */
export function splitYamlDocuments(text: string): string[] {
  const documents: string[] = [];
  let current = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (!line.startsWith('---')) {
      current += line;
      continue;
    }
    const rest = line.slice(3).trim();
    if (rest !== '' && !rest.startsWith('#')) throw new YamlError(`invalid Yaml document separator: ${rest}`);
    if (current !== '') documents.push(current);
    current = '';
  }
  return current === '' ? documents : [...documents, current];
}

/** The values of all documents of a YAML stream. @throws YamlError */
export function parseYamlDocuments(text: string): unknown[] {
  return splitYamlDocuments(text).map(parseYaml);
}
