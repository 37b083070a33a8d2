/** Types of expressions and how they fit. Upstream: github.com/google/cel-go/checker/types.go, common/types/types.go */

export type CelType =
  | { readonly kind: 'simple'; readonly name: SimpleName }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'optional'; readonly of: CelType }
  | { readonly kind: 'type'; readonly of: CelType }
  | { readonly kind: 'opaque'; readonly name: string }
  | ObjectType
  | { readonly kind: 'parameter'; readonly name: string };

type SimpleName =
  | 'int'
  | 'uint'
  | 'double'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'null'
  | 'dyn'
  | 'any'
  | 'timestamp'
  | 'duration'
  | '!error!';

export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: ReadonlyMap<string, CelType>;
}

const simple = (name: SimpleName): CelType => Object.freeze({ kind: 'simple', name });

export const intType: CelType = simple('int');
export const uintType: CelType = simple('uint');
export const doubleType: CelType = simple('double');
export const boolType: CelType = simple('bool');
export const stringType: CelType = simple('string');
export const bytesType: CelType = simple('bytes');
export const nullType: CelType = simple('null');
export const dynType: CelType = simple('dyn');
/** Not known, and not to be iterated over. */
export const anyType: CelType = simple('any');
export const timestampType: CelType = simple('timestamp');
export const durationType: CelType = simple('duration');
export const errorType: CelType = simple('!error!');

const simpleTypes: ReadonlyMap<string, CelType> = new Map(
  [intType, uintType, doubleType, boolType, stringType, bytesType, nullType, dynType, timestampType, durationType].map(
    (type) => [typeText(type), type] as const,
  ),
);

export const listOf = (element: CelType): CelType => ({ kind: 'list', element });
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', key, value });
export const optionalOf = (of: CelType): CelType => ({ kind: 'optional', of });
/** An object with these fields, in their order. */
export const objectType = (name: string, fields: Readonly<Record<string, CelType>>): ObjectType => ({
  kind: 'object',
  name,
  fields: new Map(Object.entries(fields)),
});

/** Whether what a value is will show only when it is there; true after an error, so that it is told once. */
export const isDyn = (type: CelType): boolean =>
  type.kind === 'simple' && (type.name === 'dyn' || type.name === 'any' || type.name === '!error!');
/** The type of an expression that something is wrong with. */
export const isError = (type: CelType): boolean => type.kind === 'simple' && type.name === '!error!';

/** A type as messages name it. */
export function typeText(type: CelType): string {
  switch (type.kind) {
    case 'simple':
    case 'opaque':
    case 'object':
    case 'parameter':
      return type.name;
    case 'list':
      return `list(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'optional':
      return `optional_type(${typeText(type.of)})`;
    case 'type':
      return `type(${typeText(type.of)})`;
  }
}

/** Reads `list(A)`, `map(string, int)`, `kubernetes.URL`; single capital letters are parameters. */
export function readType(text: string): CelType {
  const known = simpleTypes.get(text);
  if (known) return known;
  if (/^[A-Z]$/.test(text)) return { kind: 'parameter', name: text };
  const generic = /^(list|map|optional|type)\((.*)\)$/.exec(text);
  if (!generic) return { kind: 'opaque', name: text };
  const [first = dynType, second = dynType] = splitTypes(generic[2] ?? '').map(readType);
  switch (generic[1]) {
    case 'list':
      return listOf(first);
    case 'map':
      return mapOf(first, second);
    case 'optional':
      return optionalOf(first);
    default:
      return { kind: 'type', of: first };
  }
}

/** Splits at commas outside of parentheses. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}

/** What type parameters stand for. */
export class Substitution {
  readonly #types: Map<string, CelType>;

  constructor(types: ReadonlyMap<string, CelType> = new Map()) {
    this.#types = new Map(types);
  }

  copy(): Substitution {
    return new Substitution(this.#types);
  }

  /** A type with its parameters replaced; those that stay open are dyn, if `close`. */
  apply(type: CelType, close = false): CelType {
    switch (type.kind) {
      case 'parameter': {
        const known = this.#types.get(type.name);
        if (known) return this.apply(known, close);
        return close ? dynType : type;
      }
      case 'list':
        return listOf(this.apply(type.element, close));
      case 'map':
        return mapOf(this.apply(type.key, close), this.apply(type.value, close));
      case 'optional':
        return optionalOf(this.apply(type.of, close));
      case 'type':
        return { kind: 'type', of: this.apply(type.of, close) };
      default:
        return type;
    }
  }

  /** Whether a value of type `from` fits where `to` is wanted; settles parameters. */
  fits(from: CelType, to: CelType): boolean {
    if (to.kind === 'parameter') return this.#settle(from, to.name);
    if (from.kind === 'parameter') {
      const known = this.#types.get(from.name);
      if (known) return this.fits(known, to);
      this.#types.set(from.name, to);
      return true;
    }
    if (isDyn(from) || isDyn(to)) return true;
    if (from === nullType) return to === nullType || isNullable(to);
    if (to === nullType) return isNullable(from);
    if (from.kind === 'list' && to.kind === 'list') return this.fits(from.element, to.element);
    if (from.kind === 'map' && to.kind === 'map') return this.fits(from.key, to.key) && this.fits(from.value, to.value);
    if (from.kind === 'optional' && to.kind === 'optional') return this.fits(from.of, to.of);
    if (from.kind === 'type' && to.kind === 'type') return true;
    if (from.kind !== to.kind) return false;
    return typeText(from) === typeText(to);
  }

  #settle(from: CelType, name: string): boolean {
    if (from.kind === 'parameter' && from.name === name) return true;
    const known = this.#types.get(name);
    if (!known) {
      this.#types.set(name, from);
      return true;
    }
    const trial = this.copy();
    if (trial.fits(from, known)) {
      this.#adopt(trial);
      if (isDyn(from) || known.kind === 'parameter') this.#types.set(name, from);
      else this.#types.set(name, moreGeneral(known, from));
      return true;
    }
    return false;
  }

  #adopt(other: Substitution): void {
    for (const [name, type] of other.#types) this.#types.set(name, type);
  }
}

/** An empty list has elements of any type: the other one tells more. */
function moreGeneral(known: CelType, from: CelType): CelType {
  if (known === nullType) return from;
  if (known.kind === 'list' && from.kind === 'list' && known.element.kind === 'parameter') return from;
  return known;
}

const isNullable = (type: CelType): boolean =>
  type.kind === 'object' || type.kind === 'opaque' || type === timestampType || type === durationType;
