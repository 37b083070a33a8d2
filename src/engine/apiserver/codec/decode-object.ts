/**
 * Decoding by schema, as Go's JSON decoder and encoder together leave an object: unknown fields are dropped (and reported), null is
 * absent, empty values of fields that Go leaves out are left out, fields that Go always writes are there, defaults of the schema
 * are set. Members come in Go's order.
 */
import { isJsonObject, setMember, type JsonObject } from '../../../apimachinery/json-value.ts';
import { canonicalQuantity, parseQuantity } from '../../../apimachinery/quantity.ts';
import { formatMicroTime, formatTime, isPlainTime, parseMicroTime, parseTime } from '../../../apimachinery/time.ts';
import type {
  ArrayNode,
  MapNode,
  ObjectNode,
  ScalarNode,
  SchemaField,
  SchemaNode,
} from '../../../apimachinery/schema-node.ts';
import { schemaOfDefinition } from '../../../api/schema.ts';
import { canonicalBase64, invalidBase64At } from './base64.ts';
import { DecodeError } from './decode-error.ts';
import { JsonNumber, pathText } from './go-json-reader.ts';
import { goTypeOf } from './go-type.ts';

export interface Decoded {
  readonly value: Record<string, unknown>;
  /** Paths of unknown fields, in the order found. */
  readonly unknownFields: readonly string[];
  /** There are empty lists or maps in it that the encoder leaves out. */
  readonly hasEmpties: boolean;
}

/** Sets the defaults of a freshly decoded struct, by the name of its type. */
export type StructDefaults = ReadonlyMap<string, (draft: never) => void>;

interface State {
  readonly defaults: StructDefaults | undefined;
  hasEmpties: boolean;
  readonly unknownFields: string[];
  readonly fieldStack: string[];
  readonly path: (string | number)[];
  struct: string;
  savedError: string | undefined;
  /** Empty lists and maps are left out at once: nobody looks at them. */
  readonly dropsEmpties?: boolean;
  /** Fields are read in the order of the document, not of the schema: of several errors Go tells the first. */
  readonly asWritten: boolean;
}

/**
 * Decodes an object. Empty lists and maps stay as they were given, since validation tells them from absent ones: `withoutEmpties`
 * (`empties.ts`) takes them out. Top-level members that are identical to those of `known` (a stored, frozen object of the same kind) are taken
 * over as they are, and so are parts of its metadata and status; everything else is new and may be written. @throws DecodeError
 */
export function decodeObject(
  schema: ObjectNode,
  value: JsonObject,
  known?: JsonObject,
  defaults?: StructDefaults,
): Decoded {
  try {
    return decodeWith(startState(defaults, false), schema, value, known);
  } catch (error) {
    if (error instanceof DecodeError) decodeWith(startState(defaults, true), schema, value, known);
    throw error;
  }
}

function decodeWith(state: State, schema: ObjectNode, value: JsonObject, known?: JsonObject): Decoded {
  const decoded = decodeStruct(schema, value, state, known);
  if (state.savedError !== undefined) throw new DecodeError(state.savedError);
  return { value: decoded, unknownFields: state.unknownFields, hasEmpties: state.hasEmpties };
}

function startState(defaults: StructDefaults | undefined, asWritten: boolean): State {
  return {
    defaults,
    hasEmpties: false,
    unknownFields: [],
    fieldStack: [],
    path: [],
    struct: '',
    savedError: undefined,
    asWritten,
  };
}

/** What Go calls a JSON value in its errors. */
export function jsonKind(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return 'number';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
      return 'string';
    default:
      return 'object';
  }
}

function typeError(value: unknown, goType: string, state: State, literal = false): void {
  if (state.savedError !== undefined) return;
  state.savedError = typeErrorText(value, goType, state, literal);
}

function typeErrorText(value: unknown, goType: string, state: State, literal: boolean): string {
  const what = jsonKind(value) + (literal ? ` ${String(value)}` : '');
  const where =
    state.struct === '' && state.fieldStack.length === 0
      ? 'value'
      : `struct field ${state.struct}.${state.fieldStack.join('.')}`;
  return `json: cannot unmarshal ${what} into Go ${where} of type ${goType}`;
}

function decodeStruct(node: ObjectNode, value: unknown, state: State, known?: JsonObject): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonNumber) {
    if (value !== null && value !== undefined) typeError(value, goTypeOf(node), state);
    return zeroStruct(node, state.defaults);
  }
  const input = value as JsonObject;
  const out: Record<string, unknown> = {};
  const outerStruct = state.struct;
  const shape = shapeOf(node);
  const { fields, always } = shape;
  state.struct = shape.struct;
  const present: number[] = [];
  const anyUnknown = placesOf(input, shape, present, state.asWritten);
  let nextAlways = 0;
  for (const place of present) {
    for (; nextAlways < always.length && (always[nextAlways] as number) <= place; nextAlways++) {
      if (always[nextAlways] !== place) writeAbsent(fields[always[nextAlways] as number] as SchemaField, out, state);
    }
    const field = fields[place] as SchemaField;
    const given = input[field.name];
    if (given === null) writeAbsent(field, out, state);
    else if (known !== undefined && given === known[field.name] && typeof given === 'object') out[field.name] = given;
    else decodeField(field, given, out, state, known);
  }
  for (; nextAlways < always.length; nextAlways++)
    writeAbsent(fields[always[nextAlways] as number] as SchemaField, out, state);
  if (anyUnknown) reportUnknown(node, input, out, state);
  state.struct = outerStruct;
  if (state.savedError === undefined) state.defaults?.get(node.name)?.(out as never);
  return out;
}

/** What decoding a struct needs to know of its fields. */
interface Shape {
  readonly struct: string;
  readonly fields: readonly SchemaField[];
  readonly places: ReadonlyMap<string, number>;
  /** Places of the fields that are written even when they are absent, in order. */
  readonly always: readonly number[];
}

const shapes = new WeakMap<ObjectNode, Shape>();

function shapeOf(node: ObjectNode): Shape {
  let shape = shapes.get(node);
  if (!shape) {
    const fields = [...node.fields.values()];
    const places = new Map(fields.map(({ name }, place) => [name, place]));
    const always = [...fields.keys()].filter((place) => {
      const field = fields[place];
      return field !== undefined && (field.default !== undefined || field.alwaysEncoded);
    });
    shape = { struct: node.name.slice(node.name.lastIndexOf('.') + 1), fields, places, always };
    shapes.set(node, shape);
  }
  return shape;
}

/** Finds the places of an input's fields, in order unless as written; gives whether there are unknown ones. */
function placesOf(input: JsonObject, { places }: Shape, present: number[], asWritten: boolean): boolean {
  let anyUnknown = false;
  let last = -1;
  let sorted = true;
  for (const key in input) {
    if (input[key] === undefined) continue;
    const place = places.get(key);
    if (place === undefined) {
      anyUnknown = true;
      continue;
    }
    if (place < last) sorted = false;
    last = place;
    present.push(place);
  }
  if (!sorted && !asWritten) present.sort((x, y) => x - y);
  return anyUnknown;
}

function writeAbsent(field: SchemaField, out: Record<string, unknown>, { defaults }: State): void {
  if (field.default !== undefined) out[field.name] = copyJson(field.default);
  else if (field.alwaysEncoded) out[field.name] = zeroField(field, defaults);
}

function reportUnknown(node: ObjectNode, input: JsonObject, out: Record<string, unknown>, state: State): void {
  for (const key of Object.keys(input)) {
    if (input[key] === undefined || node.fields.has(key)) continue;
    if (node.preserveUnknownFields) {
      setMember(out, key, copyJson(input[key]));
      continue;
    }
    state.path.push(key);
    state.unknownFields.push(pathText(state.path));
    state.path.pop();
  }
}

/** Members whose unchanged parts are taken over, too: nothing writes into those. */
const sharedWithin: ReadonlySet<string> = new Set(['metadata', 'status']);

function decodeField(
  field: SchemaField,
  given: unknown,
  out: Record<string, unknown>,
  state: State,
  known: JsonObject | undefined,
): void {
  const counterpart = known && (state.path.length > 0 || sharedWithin.has(field.name)) ? known[field.name] : undefined;
  state.fieldStack.push(field.embeddedIn ? `${field.embeddedIn}.${field.name}` : field.name);
  state.path.push(field.name);
  const schemaOr = state.struct === 'JSONSchemaProps' ? schemaOrFields.get(field.name) : undefined;
  let value = schemaOr ? schemaOr(given, state) : decodeValue(field.node, given, state, counterpart, field.goType);
  state.path.pop();
  state.fieldStack.pop();
  if (isEmptyCollection(field.node, value)) {
    if (state.dropsEmpties && !field.pointer && !field.alwaysEncoded) return;
    state.hasEmpties = true;
  } else if (isEmptyFor(field, value)) {
    if (field.default !== undefined) value = copyJson(field.default);
    else if (!field.alwaysEncoded) return;
    else value = zeroField(field, state.defaults);
  }
  out[field.name] = value;
}

/**
 * Members of a JSON schema that hold a schema or something else. Their types read themselves with a decoder of their own: it drops
 * unknown fields in silence, and its first error is the only one.
 *
 * Upstream: apiextensions-apiserver/pkg/apis/apiextensions/v1/marshal.go (v1.36)
 */
const schemaOrFields: ReadonlyMap<string, (value: unknown, state: State) => unknown> = new Map([
  ['items', decodeSchemaOrArray],
  ['additionalItems', decodeSchemaOrBool],
  ['additionalProperties', decodeSchemaOrBool],
  ['dependencies', decodeDependencies],
]);

const isSchema = (value: unknown): boolean => isJsonObject(value) && !(value instanceof JsonNumber);

function decodeSchemaOrArray(value: unknown, state: State): unknown {
  if (isSchema(value)) return decodeNestedSchema(value, state);
  return Array.isArray(value) ? value.map((item) => decodeNestedSchema(item, state)) : value;
}

function decodeSchemaOrBool(value: unknown, state: State): unknown {
  if (typeof value === 'boolean') return value;
  if (isSchema(value)) return decodeNestedSchema(value, state);
  throw new DecodeError('boolean or JSON schema expected');
}

function decodeDependencies(value: unknown, state: State): unknown {
  if (!isJsonObject(value)) {
    typeError(value, 'v1.JSONSchemaDependencies', state);
    return undefined;
  }
  const out: Record<string, unknown> = {};
  for (const key in value) {
    const item = value[key];
    if (Array.isArray(item))
      for (const name of item) if (typeof name !== 'string') throwTypeError(name, 'string', state);
    setMember(out, key, isSchema(item) ? decodeNestedSchema(item, state) : copyJson(item));
  }
  return out;
}

const throwTypeError = (value: unknown, goType: string, state: State): never => {
  throw new DecodeError(typeErrorText(value, goType, state, false));
};

function decodeNestedSchema(value: unknown, state: State): unknown {
  const node = schemaOfDefinition('apiextensions/v1.JSONSchemaProps');
  if (!node) return copyJson(value);
  const nested: State = { ...state, unknownFields: [], savedError: undefined, dropsEmpties: true };
  const decoded = decodeStruct(node, value, nested);
  if (nested.savedError === undefined) return decoded;
  throw new DecodeError(nested.savedError.replace(/Go struct field \w+\./, 'Go struct field JSONSchemaProps.'));
}

/** Whether a value is a list or a map without items. */
export function isEmptyCollection(node: SchemaNode, value: unknown): boolean {
  if (node.type === 'array') return Array.isArray(value) && value.length === 0;
  if (node.type !== 'map' || typeof value !== 'object' || value === null) return false;
  for (const _ in value) return false;
  return true;
}

/** Whether Go's encoder would leave a value out (or write the zero value) that is no list or map. */
function isEmptyFor(field: SchemaField, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (field.pointer) return false;
  switch (field.node.type) {
    case 'array':
    case 'map':
    case 'object':
    case 'any':
    case 'int-or-string':
    case 'quantity':
      return false;
    case 'bytes':
      // No bytes are another thing than nothing where both are encoded.
      return value === '' && !field.alwaysEncoded;
    default:
      return value === '' || value === 0 || value === false;
  }
}

function zeroField(field: SchemaField, defaults?: StructDefaults): unknown {
  if (field.pointer) return null;
  switch (field.node.type) {
    case 'object':
      return zeroStruct(field.node, defaults);
    case 'array':
    case 'map':
    case 'any':
    case 'time':
    case 'microtime':
    case 'bytes':
      return null;
    case 'quantity':
      return '0';
    case 'string':
      return '';
    case 'boolean':
      return false;
    default:
      return 0;
  }
}

function zeroStruct(node: ObjectNode, defaults?: StructDefaults): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of node.fields.values()) {
    if (defaults && field.default !== undefined) out[field.name] = copyJson(field.default);
    else if (field.alwaysEncoded) out[field.name] = zeroField(field, defaults);
  }
  defaults?.get(node.name)?.(out as never);
  return out;
}

/** What Go writes of an empty object of a kind. */
export function zeroObject(node: ObjectNode): Record<string, unknown> {
  return zeroStruct(node);
}

/** What Go writes of an empty object of a kind, beyond its type and metadata. */
export function zeroMembers(node: ObjectNode): Record<string, unknown> {
  const { kind: _, apiVersion: __, metadata: ___, ...rest } = zeroStruct(node);
  return rest;
}

function decodeValue(node: SchemaNode, value: unknown, state: State, known?: unknown, goType?: string): unknown {
  switch (node.type) {
    case 'object':
      return decodeStruct(node, value, state, isJsonObject(known) ? known : undefined);
    case 'array':
      return decodeArray(node, value, state, known, goType);
    case 'map':
      return decodeMap(node, value, state, goType);
    case 'any':
      return copyJson(value);
    default:
      return decodeScalar(node, value, state, goType);
  }
}

function decodeArray(node: ArrayNode, value: unknown, state: State, known: unknown, goType?: string): unknown {
  if (!Array.isArray(value)) {
    const ofAny = state.struct === 'JSONSchemaProps' && node.items.type === 'any';
    typeError(value, goType || (ofAny ? '[]v1.JSON' : goTypeOf(node)), state);
    return undefined;
  }
  const itemType = goType?.startsWith('[]') ? goType.slice(2) : undefined;
  const out: unknown[] = [];
  for (let i = 0; i < value.length; i++) {
    const item: unknown = value[i];
    if (Array.isArray(known) && isJsonObject(item) && known.includes(item)) {
      out.push(item);
      continue;
    }
    state.path.push(i);
    out.push(
      item === null || item === undefined
        ? zeroOf(node.items, state)
        : decodeValue(node.items, item, state, undefined, itemType),
    );
    state.path.pop();
  }
  // The copy has no room for more: a list of one item holds room for sixteen others when it was pushed.
  return out.slice();
}

function decodeMap(node: MapNode, value: unknown, state: State, goType?: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonNumber) {
    typeError(value, goType || goTypeOf(node), state);
    return undefined;
  }
  const input = value as JsonObject;
  const isResourceList = goType === 'v1.ResourceList' && state.defaults !== undefined && state.struct !== unrounded;
  const valueType = goType?.startsWith('map[') ? goType.slice(goType.indexOf(']') + 1) : undefined;
  const out: Record<string, unknown> = {};
  for (const key in input) {
    const item = input[key];
    if (item === undefined) continue;
    state.path.push(key);
    const decoded =
      item === null ? zeroOf(node.values, state) : decodeValue(node.values, item, state, undefined, valueType);
    setMember(out, key, isResourceList && typeof decoded === 'string' ? wholeMilli(decoded) : decoded);
    state.path.pop();
  }
  return out;
}

/** The one struct outside the core groups whose amounts stay as they are (RuntimeClasses). */
const unrounded = 'Overhead';

/** Amounts of resources are rounded up to thousandths. Upstream: core/v1 SetDefaults_ResourceList (v1.36) */
function wholeMilli(quantity: string): string {
  return /[nu.]|e-/i.test(quantity) ? parseQuantity(quantity).roundUp(-3).toString() : quantity;
}

function zeroOf(node: SchemaNode, state: State): unknown {
  if (node.type === 'object') return zeroStruct(node, state.defaults);
  if (node.type === 'string' || node.type === 'bytes') return '';
  if (node.type === 'integer' || node.type === 'number' || node.type === 'int-or-string') return 0;
  if (node.type === 'boolean') return false;
  if (node.type === 'quantity') return '0';
  return null;
}

const int32Max = 2_147_483_647;

function decodeScalar(node: ScalarNode, value: unknown, state: State, goType?: string): unknown {
  switch (node.type) {
    case 'string':
      if (typeof value !== 'string') typeError(value, goType || 'string', state);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') typeError(value, goType || 'bool', state);
      return value;
    case 'integer':
      return decodeInteger(value, goType || (node.format === 'int32' ? 'int32' : 'int64'), state);
    case 'number':
      return decodeFloat(value, state);
    case 'quantity':
      return decodeQuantity(value);
    case 'int-or-string':
      return typeof value === 'string' ? value : decodeInteger(value, 'int32', state);
    case 'time':
    case 'microtime':
      if (typeof value !== 'string') throw new DecodeError(typeErrorText(value, 'string', state, false));
      return decodeTime(value, node.type);
    case 'bytes':
      return decodeBytes(value, state);
  }
}

const plainTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A time as Go writes it. @throws DecodeError */
export function decodeTime(text: string, type: 'time' | 'microtime'): string {
  if (isPlainTime(text, type === 'time' ? 20 : 27)) return text;
  try {
    if (type === 'microtime') return formatMicroTime(parseMicroTime(text));
    const ms = parseTime(text);
    return plainTime.test(text) ? text : formatTime(ms);
  } catch (error) {
    throw new DecodeError((error as Error).message);
  }
}

function decodeFloat(value: unknown, state: State): unknown {
  if (value instanceof JsonNumber && Number.isFinite(Number(value))) return Number(value);
  if (typeof value !== 'number') typeError(value, 'float64', state, value instanceof JsonNumber);
  return value;
}

function decodeInteger(value: unknown, goType: string, state: State): unknown {
  if (value instanceof JsonNumber) typeError(value, goType, state, true);
  else if (typeof value === 'bigint') {
    if (goType === 'int64' && BigInt.asIntN(64, value) === value) return Number(value);
  } else if (typeof value === 'number') {
    if (!Number.isInteger(value)) typeError(value, goType, state, true);
    else if (goType === 'int32' && (value > int32Max || value < -int32Max - 1)) typeError(value, goType, state, true);
    return value;
  }
  typeError(value, goType, state, typeof value === 'bigint');
  return 0;
}

/** A quantity as Go writes it. @throws DecodeError */
export function decodeQuantity(value: unknown): string {
  if (value instanceof JsonNumber) return decodeQuantity(value.text);
  if (typeof value === 'string' || typeof value === 'number') {
    try {
      return canonicalQuantity(value);
    } catch (error) {
      throw new DecodeError((error as Error).message);
    }
  }
  throw new DecodeError(quantityFormatMessage);
}

const quantityFormatMessage = `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`;

function decodeBytes(value: unknown, state: State): unknown {
  if (typeof value !== 'string') {
    typeError(value, '[]uint8', state);
    return '';
  }
  const bad = invalidBase64At(value);
  if (bad === undefined) return canonicalBase64(value);
  state.savedError ??= `illegal base64 data at input byte ${bad}`;
  return value;
}

/** A copy of a JSON value that may be written. Differs: whole numbers beyond 2^53 lose their last digits, where Go keeps those of 64 bits. */
export function copyJson<T>(value: T): T {
  if (typeof value === 'bigint') return Number(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof JsonNumber) return Number(value) as T;
  if (Array.isArray(value)) return value.map(copyJson) as T;
  const out: Record<string, unknown> = {};
  for (const key in value) if (value[key] !== undefined) setMember(out, key, copyJson(value[key]));
  return out as T;
}
