/**
 * The hashes in names of ReplicaSets and in `pod-template-hash`: of the text that Go's spew package makes of the template's structs, every
 * member with its type, set or not. So a template has the same hash here as in a real cluster of the version that the structs are of.
 *
 * Upstream: pkg/controller/controller_utils.go ComputeHash, k8s.io/utils/dump ForHash (v1.36)
 */
import { fnv32a } from '../../apimachinery/hash.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { getMember, isJsonObject } from '../../apimachinery/json-value.ts';
import { safeEncodeString } from '../../apimachinery/names.ts';
import { canonicalQuantity } from '../../apimachinery/quantity.ts';
import { podTemplateNamedTypes, podTemplateStructs } from '../generated/pod-template-structs.ts';
import type * as corev1 from './v1.ts';

interface Member {
  readonly goName: string;
  /** Undefined for an embedded struct whose members stand among the others in JSON. */
  readonly json: string | undefined;
  readonly type: string;
}

/** Members of each struct, by the type's name. */
const structs: ReadonlyMap<string, readonly Member[]> = new Map(
  Object.entries(podTemplateStructs).map(([name, text]) => [name, text.split(';').map(parseMember)]),
);

/** `Name type`, `Name=json type`, or `Name. type`. */
function parseMember(text: string): Member {
  const [name = '', type = ''] = text.split(' ');
  if (name.endsWith('.')) return { goName: name.slice(0, -1), json: undefined, type };
  const [goName = '', json = goName.slice(0, 1).toLowerCase() + goName.slice(1)] = name.split('=');
  return { goName, json, type };
}

/** `template` as the API server stores it, defaults and all. */
export function computeHash(template: corev1.PodTemplateSpec, collisionCount?: number): string {
  const text = dumpPodTemplate(template);
  return safeEncodeString(String(fnv32a(collisionCount === undefined ? text : text + littleEndian(collisionCount))));
}

/** Eight bytes, as a text of such characters: all below 128 as long as nobody counts that far. */
const littleEndian = (count: number): string => String.fromCharCode(count & 0x7f, 0, 0, 0, 0, 0, 0, 0);

/** What the hash is made of. */
export function dumpPodTemplate(template: corev1.PodTemplateSpec): string {
  return dump('v1.PodTemplateSpec', template, true);
}

/** `typed`: the type's name comes first, as it does for members but not for items of lists and values of maps. */
function dump(type: string, value: unknown, typed: boolean): string {
  const isAbsent = value === undefined || value === null;
  if (type.startsWith('*')) {
    // A pointer shows the type that it points to, in the same brackets.
    return `(${type})${isAbsent ? '<nil>' : dump(type.slice(1), value, false)}`;
  }
  return (typed ? `(${type})` : '') + dumpValue(type, value);
}

function dumpValue(type: string, value: unknown): string {
  if (type.startsWith('[]')) return dumpList(type.slice(2), value);
  if (type.startsWith('map[')) return dumpMap(type.slice(type.indexOf(']') + 1), value);
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : '';
    case 'bool':
      return String(value === true);
    case 'int':
    case 'int32':
    case 'int64':
      return typeof value === 'number' ? String(value) : '0';
    case 'v1.Time':
      return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}';
    case 'intstr.IntOrString':
      return dumpIntOrString(value);
    case 'resource.Quantity':
      return dumpQuantity(typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : '0');
    default:
      return dumpNamed(type, value);
  }
}

function dumpNamed(type: string, value: unknown): string {
  const members = structs.get(type);
  if (!members) return dumpValue(podTemplateNamedTypes[type] ?? 'string', value);
  const texts = members.map(({ goName, json, type: memberType }) => {
    const member = json === undefined ? value : isJsonObject(value) ? getMember(value, json) : undefined;
    return `${goName}:${dump(memberType, member, true)}`;
  });
  return `{${texts.join(' ')}}`;
}

/** Empty lists and maps do not survive the store: they are nil. */
function dumpList(itemType: string, value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return '<nil>';
  return `[${value.map((item) => dump(itemType, item, false)).join(' ')}]`;
}
function dumpMap(valueType: string, value: unknown): string {
  const keys = isJsonObject(value) ? Object.keys(value).sort(compareStrings) : [];
  if (!isJsonObject(value) || keys.length === 0) return '<nil>';
  return `map[${keys.map((key) => `${key}:${dump(valueType, getMember(value, key), false)}`).join(' ')}]`;
}

function dumpIntOrString(value: unknown): string {
  const isText = typeof value === 'string';
  const number = typeof value === 'number' ? value : 0;
  return `{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${number} StrVal:(string)${isText ? value : ''}}`;
}

const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryExponents: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/**
 * A quantity as Go holds it once it has read it: a number and a power of ten, and the text where that is what it would write.
 * Differs: one of more than eighteen digits is held otherwise by Go. Upstream: apimachinery/pkg/api/resource/quantity.go ParseQuantity
 */
function dumpQuantity(text: string): string {
  const [, sign = '', digits = '', decimals = '', suffix = ''] = /^([+-]?)0*(\d*)(?:\.(\d*))?(.*)$/.exec(text) ?? [];
  const binary = Object.hasOwn(binaryExponents, suffix) ? binaryExponents[suffix] : undefined;
  const decimal = Object.hasOwn(decimalExponents, suffix) ? decimalExponents[suffix] : undefined;
  const shifted = (digits || '0') + decimals;
  const number = BigInt(shifted);
  const value = (sign === '-' ? -1n : 1n) * (number << BigInt(binary ?? 0));
  const scale = binary === undefined ? (decimal ?? Number(suffix.slice(1))) - decimals.length : -decimals.length;
  const format = binary !== undefined ? 'BinarySI' : decimal !== undefined ? 'DecimalSI' : 'DecimalExponent';
  const isCanonical =
    binary !== undefined
      ? (number & 7n) !== 0n
      : scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
  const kept = text === '0' || isCanonical ? text : '';
  return (
    `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} ` +
    `d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${kept} Format:(resource.Format)${format}}`
  );
}
