/** An expression as its costs are counted: macros are loops. Upstream: github.com/google/cel-go/parser/macro.go, ext/{comprehensions,lists}.go */
import type { Call, Comprehension, Expr, OptionalMap } from '../ast.ts';
import type { Checked } from '../checker.ts';
import { boolType, dynType, intType, listOf, stringType, type CelType } from '../cel-type.ts';
import type { CelValue } from '../values.ts';

/** One way in which a call is meant. */
export interface CalledOverload {
  readonly parameters: readonly CelType[];
}

interface Typed {
  readonly type: CelType;
}
export interface LiteralNode extends Typed {
  readonly kind: 'literal';
  readonly value: CelValue;
}
export interface IdentNode extends Typed {
  readonly kind: 'ident';
  readonly name: string;
}
export interface SelectNode extends Typed {
  readonly kind: 'select';
  readonly operand: CostNode;
  readonly field: string;
  readonly testOnly: boolean;
}
export interface CallNode extends Typed {
  readonly kind: 'call';
  readonly name: string;
  readonly target: CostNode | undefined;
  readonly args: readonly CostNode[];
  readonly overloads: readonly CalledOverload[];
}
export interface ListNode extends Typed {
  readonly kind: 'list';
  readonly elements: readonly CostNode[];
}
export interface MapNode extends Typed {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: CostNode; readonly value: CostNode }[];
}
export interface StructNode extends Typed {
  readonly kind: 'struct';
  readonly values: readonly CostNode[];
}
export interface LoopNode extends Typed {
  readonly kind: 'loop';
  readonly range: CostNode;
  readonly variables: readonly string[];
  readonly start: CostNode;
  readonly condition: CostNode;
  readonly step: CostNode;
  readonly result: CostNode;
}
/** A name for a value within another expression. */
export interface BindNode extends Typed {
  readonly kind: 'bind';
  readonly variable: string;
  readonly value: CostNode;
  readonly result: CostNode;
}

export type CostNode =
  | LiteralNode
  | IdentNode
  | SelectNode
  | CallNode
  | ListNode
  | MapNode
  | StructNode
  | LoopNode
  | BindNode;

/** The name of what a loop gathers. */
export const accumulator = '@result';

const literal = (value: CelValue, type: CelType): LiteralNode => ({ kind: 'literal', value, type });
const ident = (name: string, type: CelType): IdentNode => ({ kind: 'ident', name, type });
const list = (elements: readonly CostNode[], type: CelType): ListNode => ({ kind: 'list', elements, type });

interface Called {
  readonly type: CelType;
  readonly target?: CostNode;
  readonly parameters?: readonly CelType[];
}

const call = (name: string, args: readonly CostNode[], { type, target, parameters = [] }: Called): CallNode => ({
  kind: 'call',
  name,
  target,
  args,
  overloads: [{ parameters }],
  type,
});

/** The tree that costs are counted on. */
export function costTree(expr: Expr, checked: Checked): CostNode {
  return new Expander(checked).node(expr);
}

class Expander {
  readonly #checked: Checked;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  node(expr: Expr): CostNode {
    const type = this.#checked.types.get(expr) ?? dynType;
    switch (expr.kind) {
      case 'literal':
        return literal(expr.value, type);
      case 'ident':
        return ident(expr.name, type);
      case 'select': {
        const qualified = this.#checked.qualified.get(expr);
        if (qualified !== undefined) return ident(qualified, type);
        const operand = this.node(expr.operand);
        if (expr.optional) return call('_?._', [operand, literal(expr.field, stringType)], { type });
        return { kind: 'select', operand, field: expr.field, testOnly: false, type };
      }
      case 'has':
        return { kind: 'select', operand: this.node(expr.operand), field: expr.field, testOnly: true, type };
      case 'call':
        return this.#call(expr, type);
      case 'list':
        return list(
          expr.elements.map(({ value }) => this.node(value)),
          type,
        );
      case 'map': {
        const entries = expr.entries.map(({ key, value }) => ({ key: this.node(key), value: this.node(value) }));
        return { kind: 'map', entries, type };
      }
      case 'struct':
        return { kind: 'struct', values: expr.fields.map(({ value }) => this.node(value)), type };
      case 'comprehension':
        return this.#loop(expr, type);
      case 'bind': {
        const result = this.node(expr.body);
        return { kind: 'bind', variable: expr.variable, value: this.node(expr.value), result, type };
      }
      case 'optionalMap':
        return this.#optionalMap(expr, type);
    }
  }

  #call(expr: Call, type: CelType): CallNode {
    const qualified = this.#checked.qualified.get(expr);
    const args = expr.args.map((argument) => this.node(argument));
    const target = expr.target && qualified === undefined ? this.node(expr.target) : undefined;
    const overloads = this.#checked.overloads.get(expr) ?? [];
    return { kind: 'call', name: qualified ?? expr.name, target, args, overloads, type };
  }

  #optionalMap({ target, variable, body, flat }: OptionalMap, type: CelType): CostNode {
    const made = this.node(body);
    const value = call('value', [], { type: dynType, target: this.node(target) });
    const bind: BindNode = { kind: 'bind', variable, value, result: made, type: made.type };
    const there = call('hasValue', [], { type: boolType, target: this.node(target) });
    const yes = flat ? bind : call('optional.of', [bind], { type });
    return call('_?_:_', [there, yes, call('optional.none', [], { type })], { type });
  }

  #loop(expr: Comprehension, type: CelType): CostNode {
    const { macro, variables } = expr;
    if (macro === 'sortBy') return this.#sortBy(expr, type);
    const range = this.node(expr.range);
    const body = this.node(expr.body);
    const filter = expr.filter && this.node(expr.filter);
    const shape = shapes[macro] ?? shapes['all'];
    const parts = shape?.({ body, filter, variables, type });
    if (!parts) throw new Error(`no shape of ${macro}`);
    return { kind: 'loop', range, variables, ...parts, type };
  }

  #sortBy(expr: Comprehension, type: CelType): CostNode {
    const variable = '@__sortBy_input__';
    const value = this.node(expr.range);
    const input = () => ident(variable, value.type);
    const body = this.node(expr.body);
    const parts = gathered({ body, filter: undefined, variables: expr.variables, type: listOf(body.type) });
    const keys: LoopNode = {
      kind: 'loop',
      range: input(),
      variables: expr.variables,
      ...parts,
      type: listOf(body.type),
    };
    const parameters = [value.type, listOf(body.type)];
    const result = call('@sortByAssociatedKeys', [keys], { type, target: input(), parameters });
    return { kind: 'bind', variable, value, result, type };
  }
}

interface Macro {
  readonly body: CostNode;
  readonly filter: CostNode | undefined;
  readonly variables: readonly string[];
  readonly type: CelType;
}
type Loop = Pick<LoopNode, 'start' | 'condition' | 'step' | 'result'>;

const always = literal(true, boolType);
const notStrictlyFalse = (node: CostNode): CallNode => call('@not_strictly_false', [node], { type: boolType });

/** A value gathered step by step; steps that a filter skips leave it as it is. */
function gather(start: CostNode, step: CostNode, filter: CostNode | undefined): Loop {
  const { type } = start;
  const kept = filter ? call('_?_:_', [filter, step, ident(accumulator, type)], { type }) : step;
  return { start, condition: always, step: kept, result: ident(accumulator, type) };
}

function gathered({ body, filter, type }: Macro): Loop {
  const added = call('_+_', [ident(accumulator, type), list([body], type)], { type, parameters: [type, type] });
  return gather(list([], type), added, filter);
}

const inserted =
  (extra: boolean) =>
  (macro: Macro): Loop => {
    const { body, filter, variables, type } = macro;
    const key = type.kind === 'map' ? type.key : dynType;
    const args = [ident(accumulator, type), ...(extra ? [ident(variables[0] ?? '', key)] : []), body];
    return gather({ kind: 'map', entries: [], type }, call('cel.@mapInsert', args, { type }), filter);
  };

const shapes: Readonly<Record<string, (macro: Macro) => Loop>> = {
  all: ({ body }) => ({
    start: literal(true, boolType),
    condition: notStrictlyFalse(ident(accumulator, boolType)),
    step: call('_&&_', [ident(accumulator, boolType), body], { type: boolType }),
    result: ident(accumulator, boolType),
  }),
  exists: ({ body }) => ({
    start: literal(false, boolType),
    condition: notStrictlyFalse(call('!_', [ident(accumulator, boolType)], { type: boolType })),
    step: call('_||_', [ident(accumulator, boolType), body], { type: boolType }),
    result: ident(accumulator, boolType),
  }),
  exists_one: counted,
  existsOne: counted,
  map: gathered,
  transformList: gathered,
  filter: ({ body, variables, type }) => {
    const element = type.kind === 'list' ? type.element : dynType;
    return gathered({ body: ident(variables[0] ?? '', element), filter: body, variables, type });
  },
  transformMap: inserted(true),
  transformMapEntry: inserted(false),
};

function counted({ body }: Macro): Loop {
  const count = () => ident(accumulator, intType);
  const added = call('_+_', [count(), literal(1n, intType)], { type: intType, parameters: [intType, intType] });
  return {
    start: literal(0n, intType),
    condition: always,
    step: call('_?_:_', [body, added, count()], { type: intType }),
    result: call('_==_', [count(), literal(1n, intType)], { type: boolType, parameters: [intType, intType] }),
  };
}
