/** The Table of a custom resource. Upstream: apiextensions-apiserver/pkg/registry/customresource/tableconvertor (v1.36) */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { JsonPath } from '../../../apimachinery/jsonpath.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { nameColumn, translateTimestampSince } from '../registry/tables/cells.ts';
import type { Cell, TableColumn } from '../registry/table-column.ts';

type Column = apiextensionsv1.CustomResourceColumnDefinition;

const age: Column = {
  name: 'Age',
  type: 'date',
  description: 'Time since the object was created.',
  jsonPath: '.metadata.creationTimestamp',
};

/** The columns that a version states, or the age alone. */
export function customColumns(columns: readonly Column[] | undefined): TableColumn[] {
  return [nameColumn, ...(columns ?? [age]).map(columnOf)];
}

function columnOf({ name, type, format, description, priority, jsonPath }: Column): TableColumn {
  const path = new JsonPath(`{${jsonPath}}`, { allowMissingKeys: true });
  return {
    name,
    type: type as TableColumn['type'],
    ...(format ? { format } : {}),
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority ? { priority } : {}),
    cell: (object, nowMs) => cellOf(path, type, object, nowMs),
  };
}

function cellOf(path: JsonPath, type: string, object: KubernetesObject, nowMs: number): Cell {
  const found = path.findResults(object)[0] ?? [];
  const [first] = found;
  if (found.length === 0 || first === undefined) return null;
  if (type !== 'string') return cellForValue(type, first, nowMs);
  return found.length === 1 && typeof first === 'string' ? first : path.execute(object);
}

/** Upstream: cellForJSONValue (v1.36) */
function cellForValue(type: string, value: unknown, nowMs: number): Cell {
  if (value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : translateTimestampSince(value, nowMs);
    default:
      return null;
  }
}
