import { translateTimestampSince } from './table-cells.ts';
import type { TableColumn } from './table-column.ts';

/** The columns of resources that have none of their own. Upstream: registry/rest/table.go (v1.36) */
export const defaultColumns: readonly TableColumn[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the object.',
    cell: (object) => object.metadata.name ?? '',
  },
  {
    name: 'Created At',
    type: 'date',
    description: 'When the object was created.',
    cell: (object) => object.metadata.creationTimestamp ?? '',
  },
];

/** The name column of the built-in printers. */
export const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object.',
  cell: (object) => object.metadata.name ?? '',
};

/** The age column of the built-in printers. */
export const ageColumn: TableColumn = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: (object, nowMs) => translateTimestampSince(object.metadata.creationTimestamp, nowMs),
};
