/** The types of the API's own objects for expressions, as their published schemas make them. Upstream: apiserver/pkg/cel/common/schemas.go SchemaDeclType (v1.36) */
import type { ObjectNode, ScalarNode, SchemaNode } from '../../../apimachinery/schema-node.ts';
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  intType,
  listOf,
  mapOf,
  stringType,
  timestampType,
  type CelType,
} from './cel-type.ts';
import { escapeName } from './escaping.ts';

const scalars: Readonly<Record<ScalarNode['type'], CelType | undefined>> = {
  string: stringType,
  integer: intType,
  number: doubleType,
  boolean: boolType,
  // Its schema names no type: expressions cannot see it.
  quantity: undefined,
  'int-or-string': dynType,
  time: timestampType,
  microtime: timestampType,
  bytes: bytesType,
};

/** The type of a whole object. */
export function celTypeOfNode(node: ObjectNode, kind: string): CelType {
  return new Converter().object(node, kind);
}

class Converter {
  readonly #open = new Set<ObjectNode>();

  object(node: ObjectNode, name: string): CelType {
    const fields = new Map<string, CelType>();
    this.#open.add(node);
    for (const { name: fieldName, node: inner } of node.fields.values()) {
      const type = this.#type(inner, `${name}.${fieldName}`);
      const escaped = escapeName(fieldName);
      if (!type || escaped === undefined) continue;
      fields.set(escaped, type);
      if (fieldName === 'namespace') fields.set(fieldName, type);
    }
    this.#open.delete(node);
    return { kind: 'object', name, fields };
  }

  /** Undefined for what expressions cannot see. */
  #type(node: SchemaNode, name: string): CelType | undefined {
    switch (node.type) {
      case 'object':
        // Schemas that hold themselves end there.
        return this.#open.has(node) ? dynType : this.object(node, name);
      case 'array': {
        const element = this.#type(node.items, `${name}.@idx`);
        return element && listOf(element);
      }
      case 'map': {
        const value = this.#type(node.values, `${name}.@elem`);
        return value && mapOf(stringType, value);
      }
      case 'any':
        return undefined;
      default:
        return scalars[node.type];
    }
  }
}
