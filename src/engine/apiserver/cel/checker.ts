/** Gives every part of an expression its type. Upstream: github.com/google/cel-go/checker/checker.go */
import type { Bind, Call, Comprehension, Expr, OptionalMap, StructLiteral } from './ast.ts';
import type { FunctionTable, Overload } from './functions.ts';
import type { CelIssue } from './issues.ts';
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  errorType,
  intType,
  isDyn,
  isError,
  listOf,
  mapOf,
  nullType,
  optionalOf,
  readType,
  durationType,
  stringType,
  Substitution,
  timestampType,
  typeText,
  uintType,
  type CelType,
  type ObjectType,
} from './cel-type.ts';
import { CelUint, type CelValue } from './values.ts';

export interface CheckerScope {
  readonly functions: FunctionTable;
  /** Variables by name; names may have dots. */
  readonly variables: ReadonlyMap<string, CelType>;
  /** Message types that literals may make. */
  structType(name: string): ObjectType | undefined;
}

const sortable: ReadonlySet<string> = new Set([
  ...['int', 'uint', 'double', 'bool', 'string', 'bytes', 'dyn', 'timestamp', 'duration'],
  ...['google.protobuf.Timestamp', 'google.protobuf.Duration', '!error!'],
]);

const typeNames: ReadonlyMap<string, CelType> = new Map(
  [
    ...['int', 'uint', 'double', 'bool', 'string', 'bytes', 'dyn'].map((name) => [name, name] as const),
    ['null_type', 'null'] as const,
    ['list', 'list(dyn)'] as const,
    ['map', 'map(dyn, dyn)'] as const,
    ['type', 'type(dyn)'] as const,
    ['optional_type', 'optional(dyn)'] as const,
    ['google.protobuf.Timestamp', 'timestamp'] as const,
    ['google.protobuf.Duration', 'duration'] as const,
    ['net.IP', 'net.IP'] as const,
    ['net.CIDR', 'net.CIDR'] as const,
  ].map(([name, type]) => [name, readType(type)] as const),
);

/** Messages of protocol buffers that hold one value. */
const wrapperTypes: ReadonlyMap<string, CelType> = new Map(
  (
    [
      ['Int32', 'int'],
      ['Int64', 'int'],
      ['UInt32', 'uint'],
      ['UInt64', 'uint'],
      ['Float', 'double'],
      ['Double', 'double'],
      ['Bool', 'bool'],
      ['String', 'string'],
      ['Bytes', 'bytes'],
    ] as const
  ).map(([name, type]) => [`google.protobuf.${name}Value`, readType(type)] as const),
);

interface TypedField {
  readonly name: string;
  readonly at: number;
  readonly type: CelType;
}

/** What checking found: types by part, and how calls are meant. */
export interface Checked {
  readonly type: CelType;
  readonly types: ReadonlyMap<Expr, CelType>;
  /** Selections and calls whose dotted name is one variable, type or function. */
  readonly qualified: ReadonlyMap<Expr, string>;
  /** The overloads that a call may mean. */
  readonly overloads: ReadonlyMap<Expr, readonly Overload[]>;
  /** Names of the variables that are used. */
  readonly references: ReadonlySet<string>;
}

/** The dotted name that a chain of selections spells. */
export function dottedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.optional) return undefined;
  const operand = dottedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

/** Whether an identifier names a type, as in `type(x) == int`. */
export function isTypeName(name: string): boolean {
  return typeNames.has(name);
}

/** Checks an expression; what is wrong is added to the issues. */
export function check(expr: Expr, scope: CheckerScope, issues: CelIssue[]): Checked {
  return new Checker(scope, issues).check(expr);
}

interface Frame {
  readonly name: string;
  readonly type: CelType;
  readonly outer: Frame | undefined;
}

class Checker {
  readonly #scope: CheckerScope;
  readonly #issues: CelIssue[];
  readonly #types = new Map<Expr, CelType>();
  readonly #qualified = new Map<Expr, string>();
  readonly #overloads = new Map<Expr, Overload[]>();
  readonly #references = new Set<string>();
  #substitution = new Substitution();
  #fresh = 0;
  #frame: Frame | undefined;

  constructor(scope: CheckerScope, issues: CelIssue[]) {
    this.#scope = scope;
    this.#issues = issues;
  }

  check(expr: Expr): Checked {
    const type = this.#substitution.apply(this.#visit(expr), true);
    const types = new Map(
      [...this.#types].map(([part, open]) => [part, this.#substitution.apply(open, true)] as const),
    );
    return {
      type,
      types,
      qualified: this.#qualified,
      overloads: this.#overloads,
      references: this.#references,
    };
  }

  #report(offset: number, message: string): CelType {
    this.#issues.push({ offset, message });
    return errorType;
  }

  #visit(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    this.#types.set(expr, type);
    return type;
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'ident':
        return this.#named(expr.name) ?? this.#undeclared(expr.name, expr.at);
      case 'select': {
        const name = dottedName(expr);
        const whole = name === undefined || this.#isLocal(name) ? undefined : this.#named(name);
        if (whole && name !== undefined) {
          this.#qualified.set(expr, name);
          return whole;
        }
        const field = this.#field(this.#visit(expr.operand), expr.field, expr.at, expr.optional);
        return expr.optional && field.kind !== 'optional' ? optionalOf(field) : field;
      }
      case 'has':
        this.#field(this.#visit(expr.operand), expr.field, expr.at, false);
        return boolType;
      case 'call':
        return this.#call(expr);
      case 'list':
        return listOf(this.#join(expr.elements.map(({ value, optional }) => this.#element(value, optional))));
      case 'map':
        return mapOf(
          this.#join(expr.entries.map(({ key }) => this.#visit(key))),
          this.#join(expr.entries.map(({ value, optional }) => this.#element(value, optional))),
        );
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind':
        return this.#bindValue(expr);
      case 'optionalMap':
        return this.#optionalMap(expr);
    }
  }

  #undeclared(name: string, at: number): CelType {
    return this.#report(at, `undeclared reference to '${name}' (in container '')`);
  }

  #isLocal(name: string): boolean {
    const [first] = name.split('.', 1);
    for (let frame = this.#frame; frame; frame = frame.outer) if (frame.name === first) return true;
    return false;
  }

  #named(name: string): CelType | undefined {
    for (let frame = this.#frame; frame; frame = frame.outer) if (frame.name === name) return frame.type;
    const variable = this.#scope.variables.get(name);
    if (variable) {
      this.#references.add(name);
      return variable;
    }
    const type = typeNames.get(name);
    return type && { kind: 'type', of: type };
  }

  #field(open: CelType, field: string, at: number, optional: boolean): CelType {
    const type = this.#substitution.apply(open);
    if (isError(type)) return errorType;
    if (isDyn(type)) return dynType;
    if (type.kind === 'map') return type.value;
    if (type.kind === 'parameter') return dynType;
    if (type.kind === 'optional') {
      const inner = this.#field(type.of, field, at, optional);
      return isError(inner) ? inner : optionalOf(inner);
    }
    if (type.kind === 'object') return type.fields.get(field) ?? this.#report(at, `undefined field '${field}'`);
    return this.#report(at, `type '${typeText(type)}' does not support field selection`);
  }

  #element(value: Expr, optional: boolean): CelType {
    const type = this.#substitution.apply(this.#visit(value));
    if (!optional || isDyn(type)) return type;
    if (type.kind === 'optional') return type.of;
    return this.#report(value.at, `expected type 'optional_type' but found '${typeText(type)}'`);
  }

  /** One type for all; dyn when there is none. */
  #join(types: readonly CelType[]): CelType {
    let joined: CelType | undefined;
    for (const type of types) {
      if (!joined) joined = type;
      else {
        const trial = this.#substitution.copy();
        if (trial.fits(type, joined)) {
          this.#substitution = trial;
          if (isDyn(type)) joined = dynType;
        } else joined = dynType;
      }
    }
    return joined ?? { kind: 'parameter', name: `_${this.#fresh++}` };
  }

  #call(call: Call): CelType {
    const { functions } = this.#scope;
    if (call.target) {
      const prefix = dottedName(call.target);
      const name = prefix === undefined || this.#isLocal(prefix) ? undefined : `${prefix}.${call.name}`;
      const qualified = name === undefined ? undefined : functions.get(name);
      if (qualified && name !== undefined) {
        this.#qualified.set(call, name);
        return this.#resolve(call, name, qualified, undefined);
      }
    }
    const overloads = functions.get(call.name);
    const target = call.target && this.#visit(call.target);
    if (!overloads) {
      for (const argument of call.args) this.#visit(argument);
      return this.#undeclared(call.name, call.at);
    }
    return this.#resolve(call, call.name, overloads, target);
  }

  #resolve(call: Call, name: string, overloads: readonly Overload[], target: CelType | undefined): CelType {
    const given = [...(target ? [target] : []), ...call.args.map((argument) => this.#visit(argument))];
    if (name === '_&&_' || name === '_||_') {
      call.args.forEach((argument, i) => this.#expectBool(argument, given[i] ?? dynType));
      this.#overloads.set(call, [...overloads]);
      return boolType;
    }
    let result: CelType | undefined;
    let best: Substitution | undefined;
    const meant: Overload[] = [];
    for (const candidate of overloads) {
      if (candidate.isMethod !== (target !== undefined) || candidate.parameters.length !== given.length) continue;
      const suffix = `.${this.#fresh++}`;
      const trial = this.#substitution.copy();
      if (!candidate.parameters.every((parameter, i) => trial.fits(given[i] ?? dynType, renamed(parameter, suffix)))) {
        continue;
      }
      const type = trial.apply(renamed(candidate.result, suffix));
      meant.push(candidate);
      if (!best) {
        best = trial;
        result = type;
      } else if (result && typeText(result) !== typeText(type)) result = dynType;
    }
    if (best && result) {
      this.#substitution = best;
      this.#overloads.set(call, meant);
      return result;
    }
    const shown = (types: readonly CelType[]) =>
      `(${types.map((type) => typeText(this.#substitution.apply(type, true))).join(', ')})`;
    const applied = target
      ? `${typeText(this.#substitution.apply(target, true))}.${shown(given.slice(1))}`
      : shown(given);
    return this.#report(call.at, `found no matching overload for '${name}' applied to '${applied}'`);
  }

  #struct({ type: name, fields, at }: StructLiteral): CelType {
    const values = fields.map((field) => ({ ...field, type: this.#element(field.value, field.optional) }));
    const wellKnown = typeNames.get(name);
    if (wellKnown === timestampType || wellKnown === durationType) {
      const unknown = fields.find((field) => field.name !== 'seconds' && field.name !== 'nanos');
      return unknown ? this.#report(unknown.at, `undefined field '${unknown.name}'`) : wellKnown;
    }
    const wrapped = wrapperTypes.get(name);
    if (wrapped) return this.#wrapper(values, wrapped);
    if (wellKnown) return this.#report(at, `'${name}' is not a message type`);
    const type = this.#scope.structType(name);
    if (!type) return this.#undeclared(name, at);
    for (const field of values) {
      const wanted = type.fields.get(field.name);
      if (!wanted) {
        const found = typeText(this.#substitution.apply(field.type, true));
        this.#report(field.at, `expected type of field '${field.name}' is '' but provided type is '${found}'`);
      } else if (!this.#substitution.fits(field.type, wanted)) {
        const found = typeText(this.#substitution.apply(field.type, true));
        const text = `expected type of field '${field.name}' is '${typeText(wanted)}' but provided type is '${found}'`;
        this.#report(field.at, text);
      }
    }
    return type;
  }

  /** A message that only holds one value is that value. */
  #wrapper(fields: readonly TypedField[], wrapped: CelType): CelType {
    for (const { name, at, type } of fields) {
      if (name !== 'value') return this.#report(at, `undefined field '${name}'`);
      if (this.#substitution.fits(type, wrapped)) continue;
      const found = typeText(this.#substitution.apply(type, true));
      const text = `expected type of field 'value' is '${typeText(wrapped)}' but provided type is '${found}'`;
      return this.#report(at, text);
    }
    return wrapped;
  }

  #comprehension(node: Comprehension): CelType {
    const range = this.#substitution.apply(this.#visit(node.range));
    const [first = '', second] = node.variables;
    const [key, value] = this.#ranges(range, node);
    const outer = this.#frame;
    if (second === undefined) this.#bind(first, range.kind === 'map' ? key : value);
    else {
      this.#bind(first, key);
      this.#bind(second, value);
    }
    const filter = node.filter && this.#visit(node.filter);
    const body = this.#visit(node.body);
    this.#frame = outer;
    const condition = node.macro === 'filter' ? body : filter;
    if (condition && !this.#substitution.fits(condition, boolType)) {
      return this.#noChoice(condition, this.#collected(node, range, body, key, value), node.at);
    }
    const collected = this.#collected(node, range, body, key, value);
    if (/^exists_?one$/i.test(node.macro)) {
      return this.#substitution.fits(body, boolType) ? boolType : this.#noChoice(body, intType, node.at);
    }
    if (node.macro === 'sortBy' && !sortable.has(typeText(this.#substitution.apply(body, true)))) {
      const [list, keys] = [collected, listOf(body)].map((type) => typeText(this.#substitution.apply(type, true)));
      const why = `found no matching overload for '@sortByAssociatedKeys' applied to '${list}.(${keys})'`;
      return this.#report(node.at, why);
    }
    if (collected === boolType) this.#expectBool(node.body, body);
    return collected;
  }

  /** What a comprehension gives. */
  #collected({ macro }: Comprehension, range: CelType, body: CelType, key: CelType, value: CelType): CelType {
    switch (macro) {
      case 'map':
      case 'transformList':
        return listOf(body);
      case 'filter':
        return listOf(range.kind === 'map' ? key : value);
      case 'sortBy':
        return listOf(value);
      case 'transformMap':
        return mapOf(key, body);
      case 'transformMapEntry':
        return this.#substitution.apply(body);
      default:
        return boolType;
    }
  }

  /** Macros that filter choose between two collections. */
  #noChoice(condition: CelType, collected: CelType, at: number): CelType {
    const [shown, kept] = [condition, collected].map((type) => typeText(this.#substitution.apply(type, true)));
    return this.#report(at, `found no matching overload for '_?_:_' applied to '(${shown}, ${kept}, ${kept})'`);
  }

  #bind(name: string, type: CelType): void {
    this.#frame = { name, type, outer: this.#frame };
  }

  #ranges(range: CelType, node: Comprehension): readonly [key: CelType, value: CelType] {
    if (range.kind === 'list') return [intType, range.element];
    if (range.kind === 'map') return [range.key, range.value];
    const isAny = range.kind === 'simple' && range.name === 'any';
    if ((isDyn(range) && !isAny) || range.kind === 'parameter') return [dynType, dynType];
    const why = `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
    this.#report(node.range.at, why);
    return [errorType, errorType];
  }

  #expectBool(expr: Expr, type: CelType): void {
    if (this.#substitution.fits(type, boolType)) return;
    const found = typeText(this.#substitution.apply(type, true));
    this.#report(expr.at, `expected type 'bool' but found '${found}'`);
  }

  #bindValue({ variable, value, body }: Bind): CelType {
    const type = this.#substitution.apply(this.#visit(value));
    const outer = this.#frame;
    this.#bind(variable, type);
    const result = this.#visit(body);
    this.#frame = outer;
    return result;
  }

  #optionalMap({ target, variable, body, flat, at }: OptionalMap): CelType {
    const type = this.#substitution.apply(this.#visit(target));
    if (type.kind !== 'optional' && !isDyn(type)) {
      return this.#report(at, `found no matching overload for 'hasValue' applied to '${typeText(type)}.()'`);
    }
    const outer = this.#frame;
    this.#bind(variable, type.kind === 'optional' ? type.of : dynType);
    const result = this.#visit(body);
    this.#frame = outer;
    return flat ? result : optionalOf(result);
  }
}

function literalType(value: CelValue): CelType {
  if (value === null) return nullType;
  if (typeof value === 'bigint') return intType;
  if (typeof value === 'number') return doubleType;
  if (typeof value === 'boolean') return boolType;
  if (typeof value === 'string') return stringType;
  return value instanceof CelUint ? uintType : bytesType;
}

/** Parameters of one use of an overload are its own. */
function renamed(type: CelType, suffix: string): CelType {
  switch (type.kind) {
    case 'parameter':
      return { kind: 'parameter', name: `${type.name}${suffix}` };
    case 'list':
      return listOf(renamed(type.element, suffix));
    case 'map':
      return mapOf(renamed(type.key, suffix), renamed(type.value, suffix));
    case 'optional':
      return optionalOf(renamed(type.of, suffix));
    case 'type':
      return { kind: 'type', of: renamed(type.of, suffix) };
    default:
      return type;
  }
}
