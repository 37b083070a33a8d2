// Checks a value against its schema before it is applied.
// Upstream: sigs.k8s.io/structured-merge-diff/v6/typed/validate.go
import { formatValue } from '../go-format.ts';
import type { SchemaNode } from '../schema-node.ts';
import { fieldElement, formatPathElement, serializePathElement } from './path-element.ts';
import { asList, asMap, atomOf, fieldNode, itemNode, listItemToPathElement } from './schema-walk.ts';

/** A value that does not fit its schema; the message lists every complaint, as upstream does. */
export class TypedValueError extends Error {
  override readonly name = 'TypedValueError';

  constructor(complaints: readonly string[]) {
    super(complaints.length === 1 ? (complaints[0] ?? '') : ['errors:', ...complaints.map((c) => `  ${c}`)].join('\n'));
  }
}

interface Complaint {
  readonly path: string;
  readonly message: string;
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${goSyntax(member)}`);
  return `map[string]interface {}{${members.sort().join(', ')}}`;
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'map[string]interface {}' : typeof value;
}

/** The complaint about a scalar, if there is one. */
export function validateScalar(node: SchemaNode, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  switch (node.type) {
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
    case 'bytes':
      if (node.type === 'string' && node.format !== '') break;
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${formatValue(value)}}`;
    default:
  }
  return typeof value === 'object' ? `expected any scalar, got &{${formatValue(value)}}` : undefined;
}

function validateList(node: SchemaNode, value: unknown, allowDuplicates: boolean): Complaint[] {
  if (value === null) return [];
  const list = asList(value);
  if (list === undefined) return [{ path: '', message: `expected list, got &{${formatValue(value)}}` }];
  const out: Complaint[] = [];
  const seen = new Set<string>();
  const byIndex = node.type !== 'array' || node.listType === 'atomic';
  for (const [i, item] of list.entries()) {
    let path = `[${i}]`;
    if (!byIndex) {
      try {
        const element = listItemToPathElement(node, item);
        path = formatPathElement(element);
        const key = serializePathElement(element);
        if (seen.has(key) && !allowDuplicates) out.push({ path: '', message: `duplicate entries for key ${path}` });
        seen.add(key);
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        return [...out, { path: '', message: `element ${i}: ${message}` }];
      }
    }
    out.push(...prefixed(path, validate(itemNode(node), item, allowDuplicates)));
  }
  return out;
}

function validateMap(node: SchemaNode, value: unknown, allowDuplicates: boolean): Complaint[] {
  if (value === null || value === undefined) return [];
  const map = asMap(value);
  if (map === undefined) return [{ path: '', message: `expected map, got &{${formatValue(value)}}` }];
  const out: Complaint[] = [];
  for (const [key, member] of Object.entries(map)) {
    if (member === undefined) continue;
    const path = formatPathElement(fieldElement(key));
    const child = fieldNode(node, key);
    if (child === undefined) return [...out, { path, message: 'field not declared in schema' }];
    out.push(...prefixed(path, validate(child, member, allowDuplicates)));
  }
  return out;
}

function prefixed(prefix: string, complaints: readonly Complaint[]): Complaint[] {
  return complaints.map(({ path, message }) => ({ path: prefix + path, message }));
}

function validate(node: SchemaNode, value: unknown, allowDuplicates: boolean): Complaint[] {
  switch (atomOf(node, value)) {
    case 'map':
      return validateMap(node, value, allowDuplicates);
    case 'list':
      return validateList(node, value, allowDuplicates);
    default: {
      const message = validateScalar(node, value);
      return message === undefined ? [] : [{ path: '', message }];
    }
  }
}

/**
 * Checks that a value fits its schema: no unknown fields, no wrong types, no item twice (unless allowed).
 *
 * @throws TypedValueError
 *
 * Upstream: typed.AsTyped
 */
export function validateTyped(
  node: SchemaNode,
  value: unknown,
  options: { readonly allowDuplicates?: boolean } = {},
): void {
  const complaints = validate(node, value, options.allowDuplicates ?? false);
  if (complaints.length === 0) return;
  throw new TypedValueError(complaints.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)));
}
