import { errorText } from '../../apimachinery/error-text.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { KubectlError } from '../errors.ts';
import { isList, itemsOf, type Unstructured } from '../object.ts';
import { relaxedJsonPath } from './custom-columns.ts';
import { JsonPathTemplate } from './json-path-template.ts';
import type { TableRow } from './table-printer.ts';

/** Orders by the first value at a JSONPath. @throws KubectlError when no object has it. Upstream: kubectl/pkg/cmd/get/sorter.go (v1.36) */
export function sortByPath<T>(items: readonly T[], path: string, objectOf: (item: T) => unknown): T[] {
  const template = new JsonPathTemplate(path, { allowMissingKeys: true });
  const keyed = items.map((item) => ({ item, values: template.findResults(objectOf(item)) }));
  if (keyed.length > 0 && !keyed.some(({ values }) => (values[0]?.length ?? 0) > 0)) {
    throw new KubectlError(`couldn't find any field with path ${JSON.stringify(path)} in the list of objects`);
  }
  return keyed
    .toSorted((a, b) => {
      const [x, y] = [a.values[0], b.values[0]];
      if (!x || x.length === 0) return !y || y.length === 0 ? 0 : -1;
      if (!y || y.length === 0) return 1;
      return compareValues(x[0], y[0]);
    })
    .map(({ item }) => item);
}

function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    try {
      return parseQuantity(a).cmp(parseQuantity(b));
    } catch {
      return compareStrings(a, b);
    }
  }
  return 0;
}

/** A table with sorted rows. A path that cannot be understood is used as it is. */
export function sortTable(table: Unstructured, field: string): Unstructured {
  const rows = (table['rows'] ?? []) as readonly TableRow[];
  if (rows.length < 2) return table;
  let path = field;
  try {
    path = relaxedJsonPath(field);
  } catch (error) {
    if (!(error instanceof KubectlError)) throw new KubectlError(`sorting error: ${errorText(error)}`);
  }
  return { ...table, rows: sortByPath(rows, path, (row) => row.object ?? {}) };
}

/** A list with sorted items; other objects as they are. */
export function sortList(object: Unstructured, field: string): Unstructured {
  if (!isList(object) || itemsOf(object).length === 0) return object;
  return { ...object, items: sortByPath(itemsOf(object), relaxedJsonPath(field), (item) => item) };
}
