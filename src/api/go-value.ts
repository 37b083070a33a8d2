// Bad values in messages of validation are the API server's internal structs as Go's JSON: every field, under its Go
// name, also when empty. This prints objects of the API so.
import { GoValue } from '../apimachinery/field-error.ts';
import { compareStrings } from '../apimachinery/go-format.ts';
import { encodeGoJson } from '../apimachinery/go-json.ts';
import { getMember, isJsonObject } from '../apimachinery/json-value.ts';
import type { JsonObject } from '../apimachinery/json-value.ts';
import { canonicalQuantity } from '../apimachinery/quantity.ts';
import { goStructs } from './generated/go-structs.ts';
import { schemaOfDefinition } from './schema.ts';

/** A member of an internal struct; with a JSON name when it comes from inlined metadata. */
type Member = readonly [goName: string, type: string, json?: string, omitEmpty?: 0 | 1];

/** What Go prints for a field that is not set, by type letter; `[`, `{`, `*` and all else print null. */
const zeros: Readonly<Record<string, string>> = { s: '""', n: '0', b: 'false', q: '"0"', o: '0' };
/** Fields of PodSpec that the internal struct holds in its security context. */
const hostFields = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const;
const emptyObject: JsonObject = Object.freeze({});

/**
 * A value as validation prints it.
 *
 * @param definition short name of its type, such as `core/v1.Taint`
 */
export function goValueOf(definition: string, value: unknown): GoValue {
  return new GoValue(print(`@${definition}`, value));
}

/** A list of values as validation prints it. */
export function goListOf(definition: string, values: readonly unknown[] | undefined): GoValue {
  return new GoValue(print(`[@${definition}`, values));
}

function print(type: string, value: unknown): string {
  const rest = type.slice(1);
  const isAbsent = value === undefined || value === null;
  switch (type[0]) {
    case '*':
      return isAbsent || rest === '' ? encodeGoJson(value ?? null) : print(rest, value);
    case '[':
      return Array.isArray(value) ? `[${value.map((item) => print(rest, item)).join(',')}]` : 'null';
    case '{':
      return isJsonObject(value) ? printMap(rest, value) : 'null';
    case '@':
      return printStruct(rest, isJsonObject(value) ? value : emptyObject);
    case '#':
      return encodeGoJson(isAbsent ? emptyObject : withoutEmpties(value));
    case 'q':
      return isAbsent ? '"0"' : printQuantity(value);
    default:
      return isAbsent ? (zeros[type] ?? 'null') : encodeGoJson(value);
  }
}

function printQuantity(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `"${canonicalQuantity(value)}"` : 'null';
}

/** A value of metadata's types without the empty lists and maps that Go leaves out of them. */
export function withoutEmpties(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpties);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([, member]) => typeof member !== 'object' || member === null || Object.keys(member).length > 0,
  );
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutEmpties(member)]));
}

function printMap(type: string, map: JsonObject): string {
  const keys = Object.keys(map).sort(compareStrings);
  return `{${keys.map((key) => `${encodeGoJson(key)}:${print(type, map[key])}`).join(',')}}`;
}

function printStruct(definition: string, value: JsonObject): string {
  const json = Object.hasOwn(goStructs, definition) ? goStructs[definition] : undefined;
  if (json === undefined) return encodeGoJson(value);
  const source = definition === 'core/v1.PodSpec' ? withHostFields(value) : value;
  const names = jsonNames(definition);
  const members: string[] = [];
  for (const [goName, type, tag, omitEmpty] of JSON.parse(json) as readonly Member[]) {
    const member = memberOf(source, names.get(goName), goName, tag);
    if (omitEmpty !== 1 || !isEmpty(member)) members.push(`"${tag ?? goName}":${print(type, member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Go name → JSON name in the API's version of a struct. */
function jsonNames(definition: string): ReadonlyMap<string, string> {
  const fields = schemaOfDefinition(definition)?.fields.values() ?? [];
  return new Map([...fields].map((field) => [field.goName, field.name]));
}

function memberOf(source: JsonObject, name: string | undefined, goName: string, tag: string | undefined): unknown {
  if (name !== undefined) return getMember(source, name);
  if (tag === undefined) return getMember(source, goName.charAt(0).toLowerCase() + goName.slice(1));
  const metadata = getMember(source, 'metadata');
  return isJsonObject(metadata) ? getMember(metadata, tag) : undefined;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

function withHostFields(spec: JsonObject): JsonObject {
  const context = getMember(spec, 'securityContext');
  const host = Object.fromEntries(hostFields.map((name) => [name, getMember(spec, name)]));
  const isSet = Object.values(host).some((value) => value !== undefined);
  if (!isSet && context === undefined) return spec;
  return { ...spec, securityContext: { ...(isJsonObject(context) ? context : {}), ...host } };
}
