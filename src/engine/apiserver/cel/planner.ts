/** Makes a checked expression ready to run. Upstream: github.com/google/cel-go/interpreter */
import type { Call, Comprehension, Expr } from './ast.ts';
import { isTypeName, type Checked } from './checker.ts';
import { listCreateCost, mapCreateCost, structCreateCost } from './cost/estimate.ts';
import { CostLimitError, type Meter } from './cost/meter.ts';
import { callCostOf, sortByCost } from './cost/runtime-cost.ts';
import type { FunctionTable, Overload } from './functions.ts';
import { CelError } from './issues.ts';
import { duration, timestamp } from './library/arithmetic.ts';
import {
  celCompare,
  celEqual,
  CelObject,
  CelOptional,
  CelUint,
  CelTypeValue,
  mapGet,
  noneValue,
  typeNameOf,
  type CelList,
  type CelMap,
  type CelValue,
} from './values.ts';

/** Values of variables; undefined for those that are not there. */
export interface Activation {
  get(name: string): CelValue | undefined;
}

export type Step = (activation: Activation, meter: Meter) => CelValue;

/** Turns a checked expression into what computes it. */
export function plan(expr: Expr, checked: Checked, functions: FunctionTable): Step {
  return new Planner(checked, functions).plan(expr);
}

const noSuchOverload = (): CelError => new CelError('no such overload');

class Planner {
  readonly #checked: Checked;
  readonly #functions: FunctionTable;

  constructor(checked: Checked, functions: FunctionTable) {
    this.#checked = checked;
    this.#functions = functions;
  }

  plan(expr: Expr): Step {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr;
        return () => value;
      }
      case 'ident':
        return this.#variable(expr.name);
      case 'select': {
        const qualified = this.#checked.qualified.get(expr);
        if (qualified !== undefined) return this.#variable(qualified);
        const operand = this.plan(expr.operand);
        const { field, optional } = expr;
        return (activation, meter) => {
          const value = operand(activation, meter);
          meter.spend(1);
          return selectField(value, field, optional);
        };
      }
      case 'has': {
        const operand = this.plan(expr.operand);
        const { field } = expr;
        return (activation, meter) => hasField(operand(activation, meter), field);
      }
      case 'call':
        return this.#call(expr);
      case 'list': {
        const elements = expr.elements.map(({ value, optional }) => ({ step: this.plan(value), optional }));
        return (activation, meter) => {
          const out: CelValue[] = [];
          meter.spend(listCreateCost);
          for (const { step, optional } of elements) {
            const value = step(activation, meter);
            if (!optional) out.push(value);
            else if (value instanceof CelOptional && value.present) out.push(value.value);
          }
          return out;
        };
      }
      case 'map': {
        const entries = expr.entries.map(({ key, value, optional }) => ({
          key: this.plan(key),
          value: this.plan(value),
          optional,
        }));
        return (activation, meter) => {
          const out = new Map<CelValue, CelValue>();
          meter.spend(mapCreateCost);
          for (const { key, value, optional } of entries) {
            set(out, key(activation, meter), value(activation, meter), optional);
          }
          return out;
        };
      }
      case 'struct': {
        const fields = expr.fields.map(({ name, value, optional }) => ({ name, value: this.plan(value), optional }));
        return (activation, meter) => {
          const out = new Map<CelValue, CelValue>();
          meter.spend(structCreateCost);
          for (const field of fields) put(out, field.name, field.value(activation, meter), field.optional);
          return wellKnown(expr.type, out);
        };
      }
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind': {
        const value = this.plan(expr.value);
        const body = this.plan(expr.body);
        const { variable } = expr;
        return (activation, meter) => body(bound(activation, variable, value(activation, meter)), meter);
      }
      case 'optionalMap': {
        const target = this.plan(expr.target);
        const body = this.plan(expr.body);
        const { variable, flat } = expr;
        return (activation, meter) => {
          const value = target(activation, meter);
          meter.spend(1);
          if (!(value instanceof CelOptional)) throw noSuchOverload();
          if (!value.present) return noneValue;
          const result = body(bound(activation, variable, value.value), meter);
          return flat ? result : new CelOptional(true, result);
        };
      }
    }
  }

  #variable(name: string): Step {
    return (activation, meter) => {
      meter.spend(1);
      const value = activation.get(name);
      if (value !== undefined) return value;
      if (isTypeName(name)) return new CelTypeValue(name);
      throw new CelError(`no such attribute(s): ${name}`);
    };
  }

  #call(call: Call): Step {
    const { name } = call;
    if (name === '_&&_' || name === '_||_') return this.#logic(call, name === '_||_');
    if (name === '_?_:_') return this.#conditional(call);
    if (name === '_==_' || name === '_!=_') {
      const [left, right] = this.#operands(call);
      const wanted = name === '_==_';
      const cost = callCostOf(name);
      return (activation, meter) => {
        const args = [left(activation, meter), right(activation, meter)] as const;
        meter.spend(cost(args, null));
        return celEqual(args[0], args[1]) === wanted;
      };
    }
    if (name === '_[_]' || name === '_[?_]') {
      const [operand, index] = this.#operands(call);
      const optional = name === '_[?_]';
      return (activation, meter) => {
        const container = operand(activation, meter);
        const key = index(activation, meter);
        meter.spend(1);
        return indexValue(container, key, optional);
      };
    }
    const qualified = this.#checked.qualified.get(call);
    const target = call.target && qualified === undefined ? this.plan(call.target) : undefined;
    const steps = [...(target ? [target] : []), ...call.args.map((argument) => this.plan(argument))];
    const overloads = this.#functions.get(qualified ?? name) ?? [];
    const candidates = overloads.filter(
      ({ isMethod, parameters }) => isMethod === (target !== undefined) && parameters.length === steps.length,
    );
    return invocation(candidates, steps, callCostOf(qualified ?? name));
  }

  #operands({ args }: Call): readonly [Step, Step] {
    const [left, right] = args;
    if (!left || !right) throw new Error('operator without operands');
    return [this.plan(left), this.plan(right)];
  }

  /** `&&` and `||`: an error on one side does not matter when the other one decides. */
  #logic(call: Call, decisive: boolean): Step {
    const [left, right] = this.#operands(call);
    return (activation, meter) => {
      let error: CelError | undefined;
      for (const side of [left, right]) {
        try {
          const value = side(activation, meter);
          if (value === decisive) return decisive;
          if (typeof value !== 'boolean') error ??= noSuchOverload();
        } catch (thrown) {
          if (!isRecoverable(thrown)) throw thrown;
          error ??= thrown;
        }
      }
      if (error) throw error;
      return !decisive;
    };
  }

  #conditional({ args }: Call): Step {
    const [condition, yes, no] = args.map((argument) => this.plan(argument));
    if (!condition || !yes || !no) throw new Error('conditional without branches');
    return (activation, meter) => {
      const value = condition(activation, meter);
      if (typeof value !== 'boolean') throw noSuchOverload();
      return value ? yes(activation, meter) : no(activation, meter);
    };
  }

  #comprehension(node: Comprehension): Step {
    const range = this.plan(node.range);
    const filter = node.filter && this.plan(node.filter);
    const body = this.plan(node.body);
    const [first = '', second] = node.variables;
    const run = comprehensions[node.macro] ?? comprehensions['all'];
    const each = loopCosts[node.macro] ?? 0;
    return (activation, meter) => {
      const items = itemsOf(range(activation, meter), second !== undefined);
      meter.spend(1);
      const scope = (item: Item) => {
        const inner = bound(activation, first, second === undefined ? item.single : item.key);
        return second === undefined ? inner : bound(inner, second, item.value);
      };
      const kept = filter ? (item: Item) => truth(filter(scope(item), meter)) : () => true;
      const visit = (item: Item) => {
        meter.spend(each);
        return body(scope(item), meter);
      };
      return run?.(items, visit, kept, meter) ?? null;
    };
  }
}

function invocation(
  candidates: readonly Overload[],
  steps: readonly Step[],
  cost: ReturnType<typeof callCostOf>,
): Step {
  const [only] = candidates;
  const [first] = steps;
  if (candidates.length === 1 && only && first && steps.length === 1) {
    return (activation, meter) => {
      const args = [first(activation, meter)];
      if (!only.accepts(args)) throw unsupported(only.name, args);
      const result = only.run(...args);
      meter.spend(cost(args, result));
      return result;
    };
  }
  return (activation, meter) => {
    const args = steps.map((step) => step(activation, meter));
    const found = candidates.find((candidate) => candidate.accepts(args));
    if (!found) throw unsupported(candidates[0]?.name ?? '', args);
    const result = found.run(...args);
    meter.spend(cost(args, result));
    return result;
  };
}

const numbers = ['int', 'uint', 'double'];
/** Types with methods of their own: they say only that there is no overload. */
const receivers = ['google.protobuf.Timestamp', 'google.protobuf.Duration', 'string'];
const ordered = [...numbers, ...receivers, 'bool', 'bytes'];
/** What may stand on the left of operators at all. */
const operands: Readonly<Record<string, readonly string[]>> = {
  '_+_': [...numbers, ...receivers, 'bytes', 'list'],
  '_-_': [...numbers, ...receivers],
  '_*_': [...numbers, ...receivers],
  '_/_': [...numbers, ...receivers],
  '_%_': ['int', 'uint', ...receivers],
  ...Object.fromEntries(['_<_', '_<=_', '_>_', '_>=_'].map((name) => [name, ordered])),
};
const plainFunctions: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith', 'matches']);

/** Says which function has no overload for values. */
function unsupported(name: string, args: readonly CelValue[]): CelError {
  if (name === 'size') return new CelError('no such overload: size');
  const takes = operands[name];
  if (takes && !takes.includes(typeNameOf(args[0] ?? null))) return new CelError(`no such overload: ${name}`);
  if (/^[^a-z]/i.test(name) || plainFunctions.has(name)) return noSuchOverload();
  return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`);
}

/** Errors that another operand may make up for. */
const isRecoverable = (thrown: unknown): thrown is CelError =>
  thrown instanceof CelError && !(thrown instanceof CostLimitError);

/** What one turn of a macro's loop costs besides its own expressions. */
const loopCosts: Readonly<Record<string, number>> = {
  all: 3,
  exists: 4,
  exists_one: 1,
  existsOne: 1,
  map: 12,
  transformList: 12,
  filter: 1,
  sortBy: 12,
  transformMap: 3,
  transformMapEntry: 2,
};

function put(map: Map<CelValue, CelValue>, key: CelValue, value: CelValue, optional: boolean): void {
  if (mapGet(map, key) !== undefined) throw new CelError(`insert failed: key ${String(key)} already exists`);
  set(map, key, value, optional);
}

function set(map: Map<CelValue, CelValue>, key: CelValue, value: CelValue, optional: boolean): void {
  if (!optional) map.set(key, value);
  else if (value instanceof CelOptional && value.present) map.set(key, value.value);
}

/** Messages of well-known types are values of their own. */
function wellKnown(type: string, fields: CelMap): CelValue {
  const part = (name: string) => (fields.get(name) as bigint | undefined) ?? 0n;
  const nanos = () => part('seconds') * 1_000_000_000n + part('nanos');
  if (type === 'google.protobuf.Timestamp') return timestamp(nanos());
  if (type === 'google.protobuf.Duration') return duration(nanos());
  const empty = emptyWrapped.get(type);
  return empty === undefined ? fields : inRange(type, fields.get('value') ?? empty);
}

/** What messages that hold one value hold when none is given. */
const emptyWrapped: ReadonlyMap<string, CelValue> = new Map<string, CelValue>([
  ['google.protobuf.Int32Value', 0n],
  ['google.protobuf.Int64Value', 0n],
  ['google.protobuf.UInt32Value', new CelUint(0n)],
  ['google.protobuf.UInt64Value', new CelUint(0n)],
  ['google.protobuf.FloatValue', 0],
  ['google.protobuf.DoubleValue', 0],
  ['google.protobuf.BoolValue', false],
  ['google.protobuf.StringValue', ''],
  ['google.protobuf.BytesValue', new Uint8Array()],
]);

/** @throws CelError when a number does not fit 32 bits */
function inRange(type: string, value: CelValue): CelValue {
  if (type === 'google.protobuf.FloatValue') return typeof value === 'number' ? Math.fround(value) : value;
  const fits32 = (number: bigint) =>
    type === 'google.protobuf.Int32Value'
      ? BigInt.asIntN(32, number) === number
      : BigInt.asUintN(32, number) === number;
  const number = value instanceof CelUint ? value.value : value;
  if (!type.includes('Int32') || typeof number !== 'bigint' || fits32(number)) return value;
  throw new CelError(type.includes('UInt') ? 'unsigned integer overflow' : 'integer overflow');
}

function bound(outer: Activation, name: string, value: CelValue): Activation {
  return { get: (asked) => (asked === name ? value : outer.get(asked)) };
}

function selectField(operand: CelValue, field: string, optional: boolean): CelValue {
  if (operand instanceof CelOptional) {
    if (!operand.present) return operand;
    const inner = operand.value instanceof Map ? (operand.value as CelMap).get(field) : undefined;
    return inner === undefined ? noneValue : new CelOptional(true, inner);
  }
  const found = operand instanceof Map ? (operand as CelMap).get(field) : undefined;
  if (optional) return found === undefined ? noneValue : new CelOptional(true, found);
  if (found !== undefined) return found;
  if (Array.isArray(operand)) throw new CelError("unsupported index type 'string' in list");
  throw new CelError(`no such key: ${field}`);
}

function hasField(operand: CelValue, field: string): boolean {
  const value =
    operand instanceof CelOptional ? (operand.present ? operand.value : new Map<CelValue, CelValue>()) : operand;
  if (value instanceof CelObject) return (value.get(field) ?? null) !== null;
  if (value instanceof Map) return (value as CelMap).has(field);
  if (value === null) return false;
  throw noSuchOverload();
}

function indexValue(operand: CelValue, index: CelValue, optional: boolean): CelValue {
  if (operand instanceof CelOptional) {
    return operand.present ? indexValue(operand.value, index, true) : operand;
  }
  const found = find(operand, index);
  if (optional) return found === undefined ? noneValue : new CelOptional(true, found);
  if (found !== undefined) return found;
  if (Array.isArray(operand)) throw new CelError(`index out of bounds: ${String(index)}`);
  throw new CelError(`no such key: ${String(index)}`);
}

function find(operand: CelValue, index: CelValue): CelValue | undefined {
  if (operand instanceof Map) return mapGet(operand as CelMap, index);
  if (!Array.isArray(operand)) throw new CelError(`no such key: ${String(index)}`);
  if (typeof index === 'number' && !Number.isInteger(index)) {
    throw new CelError(`unsupported index type 'double' in list`);
  }
  if (typeof index !== 'bigint' && typeof index !== 'number') {
    throw new CelError(`unsupported index type '${typeNameOf(index)}' in list`);
  }
  return (operand as CelList)[Number(index)];
}

/** The Go type of a value. */
function goTypeOf(value: CelValue): string {
  const name = typeNameOf(value)
    .replace(/^google\.protobuf\./, '')
    .replace(/_type$/, '');
  return `types.${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
}

interface Item {
  readonly key: CelValue;
  readonly value: CelValue;
  /** What a single variable stands for: elements of lists, keys of maps. */
  readonly single: CelValue;
}

function itemsOf(range: CelValue, twoVariables: boolean): readonly Item[] {
  if (Array.isArray(range)) {
    return (range as CelList).map((value, i) => ({ key: twoVariables ? BigInt(i) : null, value, single: value }));
  }
  if (!(range instanceof Map)) throw new CelError(`got '${goTypeOf(range)}', expected iterable type`);
  return [...(range as CelMap)].map(([key, value]) => ({ key, value, single: key }));
}

function truth(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

type Run = (
  items: readonly Item[],
  body: (item: Item) => CelValue,
  kept: (item: Item) => boolean,
  meter: Meter,
) => CelValue;

/** `all` and `exists` go on after an error: a later element may decide. */
const quantified =
  (decisive: boolean): Run =>
  (items, body) => {
    let error: CelError | undefined;
    for (const item of items) {
      try {
        if (truth(body(item)) === decisive) return decisive;
      } catch (thrown) {
        if (!isRecoverable(thrown)) throw thrown;
        error ??= thrown;
      }
    }
    if (error) throw error;
    return !decisive;
  };

const existsOne: Run = (items, body) => items.filter((item) => truth(body(item))).length === 1;
const list: Run = (items, body, kept) => items.filter(kept).map(body);

const comprehensions: Readonly<Record<string, Run>> = {
  all: quantified(false),
  exists: quantified(true),
  exists_one: existsOne,
  existsOne,
  map: list,
  transformList: list,
  filter(items, body, _, meter) {
    const kept = items.filter((item) => truth(body(item))).map(({ single }) => single);
    meter.spend(kept.length * (listCreateCost + 2));
    return kept;
  },
  sortBy(items, body, _, meter) {
    const keyed = items.map((item) => ({ key: body(item), value: item.value }));
    meter.spend(sortByCost(keyed.map(({ key }) => key)));
    return keyed.sort((a, b) => celCompare(a.key, b.key)).map(({ value }) => value);
  },
  transformMap: (items, body, kept) => new Map(items.filter(kept).map((item) => [item.key, body(item)] as const)),
  transformMapEntry(items, body, kept) {
    const out = new Map<CelValue, CelValue>();
    for (const item of items.filter(kept)) {
      const entry = body(item);
      if (!(entry instanceof Map)) throw noSuchOverload();
      for (const [key, value] of entry as CelMap) put(out, key, value, false);
    }
    return out;
  },
};
