/** Parts that many tables are made of. Upstream: pkg/printers/internalversion/printers.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { humanDuration } from '../../../../apimachinery/duration.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import type { Cell, TableColumn } from '../table-column.ts';

/** The age of a moment as a table shows it. Upstream: translateTimestampSince (v1.36) */
export function translateTimestampSince(time: string | null | undefined, nowMs: number): string {
  return time === undefined || time === null ? '<unknown>' : humanDuration(nowMs - Date.parse(time));
}

/** A column. `type` is `string` unless stated. */
export function column<T extends KubernetesObject>(
  name: string,
  cell: (object: T, nowMs: number) => Cell,
  more: { readonly type?: TableColumn['type']; readonly wide?: boolean } = {},
): TableColumn<T> {
  const { type = 'string', wide = false } = more;
  return { name, type, cell, description: `${name} of the object.`, ...(wide ? { priority: 1 } : {}) };
}

/** The name column. */
export const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object.',
  cell: (object) => object.metadata.name ?? '',
};

/** The age column. */
export const ageColumn: TableColumn = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: (object, nowMs) => translateTimestampSince(object.metadata.creationTimestamp, nowMs),
};

/** The columns of resources that have none of their own. Upstream: registry/rest/table.go (v1.36) */
export const defaultColumns: readonly TableColumn[] = [
  nameColumn,
  {
    name: 'Created At',
    type: 'date',
    description: 'Time of creation.',
    cell: ({ metadata }) => metadata.creationTimestamp ?? '',
  },
];

interface Templated extends KubernetesObject {
  readonly spec?: { readonly template?: { readonly spec?: corev1.PodSpec } };
}

const joined = (containers: readonly corev1.Container[] | null | undefined, key: 'name' | 'image'): string =>
  (containers ?? []).map((container) => container[key] ?? '').join(',');

/** Names and images of a list of containers, as two wide columns. */
export function containerColumns<T extends KubernetesObject>(
  containersOf: (object: T) => readonly corev1.Container[] | null | undefined,
  wide = true,
): TableColumn<T>[] {
  return [
    column<T>('Containers', (object) => joined(containersOf(object), 'name'), { wide }),
    column<T>('Images', (object) => joined(containersOf(object), 'image'), { wide }),
  ];
}

/** Names and images of a workload's template. */
export const templateColumns = containerColumns((object: Templated) => object.spec?.template?.spec?.containers);

/** The first few of a list, and how many more. `empty` stands for none. */
export function listWithMore(list: readonly string[], max: number, empty: string): string {
  if (list.length === 0) return empty;
  const shown = list.slice(0, max).join(',');
  if (list.length > max) return `${shown} + ${list.length - max} more...`;
  return shown || empty;
}

/** `True` and `False`. */
export const printBool = (value: boolean | undefined): string =>
  value === undefined ? '<unset>' : value ? 'True' : 'False';
