/** The tree of an expression. Offsets count characters from the start of the source. */
import type { CelValue } from './values.ts';

interface Node {
  readonly at: number;
}

export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: CelValue;
}
export interface Ident extends Node {
  readonly kind: 'ident';
  readonly name: string;
}
export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly optional: boolean;
}
/** `has(a.b)` */
export interface Has extends Node {
  readonly kind: 'has';
  readonly operand: Expr;
  readonly field: string;
}
export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Expr | undefined;
  readonly args: readonly Expr[];
}
export interface ListLiteral extends Node {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: Expr; readonly optional: boolean }[];
}
export interface MapLiteral extends Node {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[];
}
export interface StructLiteral extends Node {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: readonly {
    readonly name: string;
    readonly value: Expr;
    readonly optional: boolean;
    readonly at: number;
  }[];
}
/** A macro over the elements of a list or map: `all`, `exists`, `map` … */
export interface Comprehension extends Node {
  readonly kind: 'comprehension';
  readonly macro: string;
  readonly range: Expr;
  readonly variables: readonly string[];
  /** The condition of `map` and its kin with three arguments. */
  readonly filter: Expr | undefined;
  readonly body: Expr;
}
/** `optMap`, `optFlatMap` */
export interface OptionalMap extends Node {
  readonly kind: 'optionalMap';
  readonly target: Expr;
  readonly variable: string;
  readonly body: Expr;
  readonly flat: boolean;
}

/** `cel.bind(variable, value, body)`, where the environment has it. */
export interface Bind extends Node {
  readonly kind: 'bind';
  readonly variable: string;
  readonly value: Expr;
  readonly body: Expr;
}

export type Expr =
  | Literal
  | Ident
  | Select
  | Has
  | Call
  | ListLiteral
  | MapLiteral
  | StructLiteral
  | Comprehension
  | OptionalMap
  | Bind;
