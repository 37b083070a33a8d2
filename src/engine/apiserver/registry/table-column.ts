import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';

/** A cell of a Table: JSON. */
export type Cell = string | number | boolean | null | object;

/** A column of a Table. */
export interface TableColumn<T extends KubernetesObject = KubernetesObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'number' | 'date';
  /** `name` for the name column. */
  readonly format?: string;
  readonly description?: string;
  /** Rows have its cell, the Table does not name it. */
  readonly unnamed?: boolean;
  /** 0: always shown; 1: with `-o wide`. */
  readonly priority?: number;
  /** `nowMs` is the present time in ms since the Unix epoch. */
  cell(object: T, nowMs: number): Cell;
}
