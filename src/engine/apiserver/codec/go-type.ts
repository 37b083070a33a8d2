import type { SchemaNode } from '../../../apimachinery/schema-node.ts';

/** The name of a value's type as Go prints it in decoding errors: `v1.PodSpec`, `[]v1.Container`, `map[string]string`. */
export function goTypeOf(node: SchemaNode): string {
  switch (node.type) {
    case 'object':
      return node.name.slice(node.name.indexOf('/') + 1) || 'map[string]interface {}';
    case 'array':
      return `[]${goTypeOf(node.items)}`;
    case 'map':
      return `map[string]${goTypeOf(node.values)}`;
    case 'integer':
      return node.format === 'int32' ? 'int32' : 'int64';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'quantity':
      return 'resource.Quantity';
    case 'int-or-string':
      return 'intstr.IntOrString';
    case 'time':
      return 'v1.Time';
    case 'microtime':
      return 'v1.MicroTime';
    case 'bytes':
      return '[]uint8';
    case 'any':
      return 'interface {}';
    default:
      return 'string';
  }
}

const internalPackages: Readonly<Record<string, string>> = { '': 'core', 'events.k8s.io': 'core' };

/** The name of a kind's type as the server holds it inside: `core.ConfigMap`, `networking.Ingress`. */
export function internalTypeOf({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${internalPackages[group] ?? group.split('.')[0]}.${kind}`;
}
