/** Building blocks of the rules of the resource group. Upstream: pkg/apis/resource/validation/validation.go (v1.36) */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { encodeGoJson } from '../../../../../apimachinery/go-json.ts';
import { isJsonObject } from '../../../../../apimachinery/json-value.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import {
  byteLength,
  isCIdentifier,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
} from '../../../../../apimachinery/validation.ts';
import { type Complaints, complainAt, sortedKeys } from '../../core/validation/complaints.ts';
import { validateCSIDriverName } from '../../core/validation/volume-sources.ts';

const poolNameMaxLength = 253;
const deviceMaxDomainLength = 63;
const deviceMaxIDLength = 32;
const uuidLength = 36;

/** The longest `domain/id`. */
export const attributeAndCapacityMaxKeyLength = deviceMaxDomainLength + 1 + deviceMaxIDLength;

/** Complains about one item; `path` is the item's. */
export type ItemRule<T> = (item: T, path: Path) => void;

/** Complains about too many items, or else about each. Gives whether they were looked at. Upstream: validateSlice */
export function validateSlice<T>(
  errors: Complaints,
  path: Path,
  slice: readonly T[] | undefined,
  maxSize: number | undefined,
  rule: ItemRule<T>,
): boolean {
  const items = slice ?? [];
  if (maxSize !== undefined && items.length > maxSize) {
    errors.push(field.tooMany(path, items.length, maxSize));
    return false;
  }
  for (const [i, item] of items.entries()) rule(item, path.index(i));
  return true;
}

export interface SetRules<T> {
  readonly maxSize?: number;
  readonly rule: ItemRule<T>;
  /** What must differ. */
  readonly key: (item: T) => string;
  /** The key as the complaint prints it; default the key itself. */
  readonly printed?: (item: T) => unknown;
}

/** As `validateSlice`, and complains about items that are there already. Upstream: validateSet */
export function validateSet<T>(
  errors: Complaints,
  path: Path,
  slice: readonly T[] | undefined,
  { maxSize, rule, key, printed = key }: SetRules<T>,
): void {
  if (!validateSlice(errors, path, slice, maxSize, rule)) return;
  const seen = new Set<string>();
  for (const [i, item] of (slice ?? []).entries()) {
    const known = key(item);
    if (seen.has(known)) errors.push(field.duplicate(path.index(i), printed(item)));
    seen.add(known);
  }
}

export interface MapRules<T> {
  readonly maxSize?: number;
  /** Longer keys are shortened in paths. */
  readonly truncateKeyLength: number;
  readonly keyRule: ItemRule<string>;
  readonly rule: ItemRule<T>;
}

/** Complains about a map's keys and values. Upstream: validateMap. Differs: in order of keys. */
export function validateMap<T>(
  errors: Complaints,
  path: Path,
  map: Readonly<Record<string, T>> | undefined,
  { maxSize, truncateKeyLength, keyRule, rule }: MapRules<T>,
): void {
  const keys = sortedKeys(map);
  if (maxSize !== undefined && keys.length > maxSize) {
    errors.push(field.tooMany(path, keys.length, maxSize));
    return;
  }
  for (const key of keys) {
    keyRule(key, path);
    const item = map?.[key];
    if (item !== undefined) rule(item, path.key(truncateIfTooLong(key, truncateKeyLength)));
  }
}

/** A text with its middle left out. Upstream: truncateIfTooLong */
export function truncateIfTooLong(text: string, maxLength: number): string {
  const most = Math.max(maxLength, 16);
  if (text.length <= most) return text;
  const remaining = most - 3;
  return `${text.slice(0, (remaining + 1) >> 1)}...${text.slice(text.length - (remaining >> 1))}`;
}

/** Complains about what is no DNS label. */
export function validateLabel(errors: Complaints, path: Path, name = ''): void {
  complainAt(errors, path, name, isDNS1123Label(name));
}

/** Complains about the name of a driver. */
export function validateDriverName(errors: Complaints, path: Path, driver: string | undefined): void {
  validateCSIDriverName(errors, path, driver);
}

/** Complains about the name of a label or of a condition. */
export function validateLabelKey(errors: Complaints, path: Path, name = ''): void {
  complainAt(errors, path, name, isQualifiedName(name));
}

/** Upstream: validatePoolName */
export function validatePoolName(errors: Complaints, path: Path, name = ''): void {
  if (name === '') {
    errors.push(field.required(path));
    return;
  }
  if (byteLength(name) > poolNameMaxLength) errors.push(field.tooLong(path, poolNameMaxLength));
  for (const part of name.split('/')) complainAt(errors, path, part, isDNS1123Subdomain(part));
}

/** Why a text is no UUID. Upstream: github.com/google/uuid Validate */
function uuidComplaint(text: string): string | undefined {
  let uuid = text;
  const length = byteLength(text);
  if (length === uuidLength + 9) {
    if (text.slice(0, 9).toLowerCase() !== 'urn:uuid:') return `invalid urn prefix: ${quote(text.slice(0, 9))}`;
    uuid = text.slice(9);
  } else if (length === uuidLength + 2) {
    if (!text.startsWith('{') || !text.endsWith('}')) return 'invalid bracketed UUID format';
    uuid = text.slice(1, -1);
  } else if (length === 32) return /^[0-9a-fA-F]{32}$/.test(text) ? undefined : 'invalid UUID format';
  else if (length !== uuidLength) return `invalid UUID length: ${length}`;
  return /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(uuid) ? undefined : 'invalid UUID format';
}

/** Upstream: validateUID */
export function validateUID(errors: Complaints, path: Path, uid: string): void {
  const why = uuidComplaint(uid);
  if (why !== undefined) errors.push(field.invalid(path, uid, `error validating uid: ${why}`));
  else if (uid.length !== uuidLength || uid !== uid.toLowerCase()) {
    const form =
      'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters';
    errors.push(field.invalid(path, uid, form));
  }
}

function validateCIdentifier(errors: Complaints, path: Path, id: string): void {
  if (byteLength(id) > deviceMaxIDLength) errors.push(field.tooLong(path, deviceMaxIDLength));
  complainAt(errors, path, id, isCIdentifier(id));
}

/** A C identifier, or one after a domain. Upstream: validateQualifiedName */
export function validateQualifiedName(errors: Complaints, path: Path, name: string): void {
  const [first = '', second, ...more] = name.split('/');
  if (more.length > 0) return;
  if (second === undefined) {
    validateCIdentifier(errors, path, first);
    return;
  }
  if (first === '') errors.push(field.invalid(path, '', 'the domain must not be empty'));
  else validateDriverName(errors, path, first);
  if (second === '') errors.push(field.invalid(path, '', 'the name must not be empty'));
  else validateCIdentifier(errors, path, second);
}

/** Upstream: validateFullyQualifiedName */
export function validateFullyQualifiedName(errors: Complaints, path: Path, name: string): void {
  validateQualifiedName(errors, path, name);
  if (name.includes('/')) return;
  errors.push(field.invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash'));
}

/** Upstream: validateRawExtension. Differs: the length is that of the value without white space. */
export function validateRawExtension(
  errors: Complaints,
  path: Path,
  raw: unknown,
  stored: boolean,
  maxLength: number,
): void {
  if (raw === undefined || raw === null) errors.push(field.required(path));
  else if (!stored && byteLength(encodeGoJson(raw, { escapeHtml: false })) > maxLength) {
    errors.push(field.tooLong(path, maxLength));
  } else if (!isJsonObject(raw)) errors.push(field.invalid(path, '<value omitted>', 'must be a valid JSON object'));
}
