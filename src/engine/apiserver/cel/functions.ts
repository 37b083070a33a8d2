/** Functions by name: their overloads and what those do. */
import { readType, splitTypes, type CelType } from './cel-type.ts';
import { CelDuration, CelOpaque, CelOptional, CelTimestamp, CelTypeValue, CelUint, type CelValue } from './values.ts';

/** What an overload computes; the target of a method is the first argument. */
export type Implementation = (...args: never[]) => CelValue;

export interface Overload {
  readonly name: string;
  readonly isMethod: boolean;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  readonly run: (...args: CelValue[]) => CelValue;
  /** Whether values are of the parameters' types. */
  accepts(args: readonly CelValue[]): boolean;
}

const signature = /^(?:(.+)\.)?\((.*)\)\s*->\s*(.+)$/;

/** An overload by its signature: `(int, int) -> int`, or `string.(int) -> string` for a method. */
export function overload(name: string, text: string, run: Implementation): Overload {
  const match = signature.exec(text);
  if (!match) throw new Error(`wrong signature ${text}`);
  const [, target, params = '', result = 'dyn'] = match;
  const parameters = [...(target === undefined ? [] : [target]), ...splitTypes(params)].map(readType);
  const checks = parameters.map(checkOf);
  return {
    name,
    isMethod: target !== undefined,
    parameters,
    result: readType(result),
    run: run as unknown as (...args: CelValue[]) => CelValue,
    accepts: (args) => checks.every((check, i) => check(args[i] ?? null)),
  };
}

/** Overloads of several functions. */
export type FunctionTable = ReadonlyMap<string, readonly Overload[]>;

/** Overloads by the name of their function, in the order given: the first that accepts the arguments runs. */
export function functionTable(overloads: readonly Overload[]): FunctionTable {
  const table = new Map<string, Overload[]>();
  for (const one of overloads) {
    const present = table.get(one.name);
    if (present) present.push(one);
    else table.set(one.name, [one]);
  }
  return table;
}

type Check = (value: CelValue) => boolean;

function checkOf(type: CelType): Check {
  switch (type.kind) {
    case 'list':
      return elementCheck(type.element);
    case 'map':
      return (value) => value instanceof Map;
    case 'optional':
      return (value) => value instanceof CelOptional;
    case 'type':
      return (value) => value instanceof CelTypeValue;
    case 'opaque':
      return (value) => value instanceof CelOpaque && value.typeName === type.name;
    case 'simple':
      return simpleChecks[type.name] ?? (() => true);
    default:
      return () => true;
  }
}

function elementCheck(element: CelType): Check {
  if (element.kind !== 'simple') return (value) => Array.isArray(value);
  const check = checkOf(element);
  return (value) => Array.isArray(value) && (value as readonly CelValue[]).every(check);
}

const simpleChecks: Readonly<Record<string, Check>> = {
  int: (value) => typeof value === 'bigint',
  uint: (value) => value instanceof CelUint,
  double: (value) => typeof value === 'number',
  bool: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof Uint8Array,
  null: (value) => value === null,
  timestamp: (value) => value instanceof CelTimestamp,
  duration: (value) => value instanceof CelDuration,
};
