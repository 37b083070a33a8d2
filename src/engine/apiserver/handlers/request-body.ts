/**
 * Bodies of requests: which object, of which kind, in which encoding. A component's object over the loopback comes as it is.
 * Upstream: apiserver/pkg/endpoints/handlers/create.go, runtime/serializer/json (v1.36)
 */
import { jsonText } from '../../../apimachinery/go-json.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject, sortMembers } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { groupVersion, type GroupVersionKind, parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import {
  newBadRequest,
  newInvalid,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
  type StatusError,
} from '../../../apimachinery/status-error.ts';
import { duplicateYamlKeys, parseYaml } from '../../../apimachinery/yaml.ts';
import { DecodeError } from '../codec/decode-error.ts';
import { decodeObject, jsonKind } from '../codec/decode-object.ts';
import { markEmpties } from '../codec/empties.ts';
import { internalTypeOf } from '../codec/go-type.ts';
import { sortStrictErrors } from '../codec/strict-errors.ts';
import { isOptionKind, isRegistered, isSameKind } from '../codec/registered-kinds.ts';
import { GoJsonError, parseGoJson } from '../codec/go-json-reader.ts';
import { typeDefaults } from '../registry/defaults/type-defaults.ts';
import type { CustomResource } from '../registry/resource-definition.ts';
import type { RequestContext } from '../request-context.ts';

const bodyLimit = 3 * 1024 * 1024;

/** A parsed body that no schema has seen yet. */
export interface RawBody {
  readonly value: unknown;
  /** Complaints about keys that stand twice. */
  readonly duplicates: readonly string[];
  /** The same as a refusal says it, where that differs from the warnings. */
  readonly strict?: readonly string[];
  /** Puts complaints of both sorts into the order of the text, as one pass over it finds them. */
  inOrder?(complaints: readonly string[]): readonly string[];
  /** The beginning of the text, for errors. */
  readonly excerpt: () => string;
}

/** The kind a body must be of. */
export interface ExpectedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: ObjectNode;
  readonly custom?: CustomResource;
  /** Other group versions that are taken for this one. */
  readonly accepts?: readonly string[];
}

const mediaTypes: readonly string[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The body's text; empty when there is none. @throws StatusError RequestEntityTooLarge */
export function bodyText(context: RequestContext): string {
  const { body } = context.request;
  if (body === undefined) return '';
  const size = typeof body === 'string' || body instanceof Uint8Array ? body.length : 0;
  if (size > bodyLimit) throw newRequestEntityTooLarge(`limit is ${bodyLimit}`);
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(body) : JSON.stringify(body);
}

/** Whether the body came as an object that needs no reading. */
export function objectBody(context: RequestContext): JsonObject | undefined {
  const { body } = context.request;
  return typeof body === 'object' && !(body instanceof Uint8Array) ? (body as JsonObject) : undefined;
}

/** The content type without its parameters; JSON when none is named. */
export function contentTypeOf(context: RequestContext): string {
  const header = context.request.headers['content-type'] || 'application/json';
  return header.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Reads a body by its content type. @throws StatusError */
export function readBody(
  context: RequestContext,
  expected: { readonly kind: string; readonly custom?: unknown },
): RawBody {
  const object = objectBody(context);
  if (object) {
    const text = () => JSON.stringify(object);
    const inOrder = (found: readonly string[]) => sortStrictErrors(text(), found);
    return { value: object, duplicates: [], excerpt: () => excerptOf(text()), inOrder };
  }
  const contentType = contentTypeOf(context);
  if (!mediaTypes.includes(contentType)) throw newUnsupportedMediaType(mediaTypes);
  const text = bodyText(context);
  const excerpt = () => excerptOf(text);
  const unrecognized = (why: string): Error =>
    newBadRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${excerpt()})`);
  if (contentType === 'application/vnd.kubernetes.protobuf') {
    throw unrecognized('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  try {
    if (contentType === 'application/yaml') {
      // The way to JSON sorts members.
      const value = sortMembers(parseYaml(text));
      const duplicates = duplicateYamlKeys(text);
      if (duplicates.length === 0) return { value, duplicates, excerpt };
      return { value, duplicates, strict: [`yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`], excerpt };
    }
    const { value, duplicates } = parseGoJson(text, expected.custom === undefined);
    const complaints = duplicates.map((path) => `duplicate field ${quote(path)}`);
    return { value, duplicates: complaints, excerpt, inOrder: (found) => sortStrictErrors(text, found) };
  } catch (error) {
    if (error instanceof GoJsonError)
      throw unrecognized(`couldn't get version/kind; json parse error: ${error.message}`);
    if (contentType === 'application/yaml') throw unrecognized((error as Error).message);
    throw error;
  }
}

/** How an error shows a body: the text when it is printable JSON, else hexadecimal. Upstream: runtime.NewNotRegisteredErr… (v1.36) */
function excerptOf(text: string): string {
  if (text === '') return '<empty>';
  const bytes = new TextEncoder().encode(text);
  const head = bytes.subarray(0, 30);
  const isJson = text.startsWith('{');
  const shown = isJson
    ? new TextDecoder().decode(head)
    : [...head].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > 30 ? `${shown} ...` : shown;
}

const typeStruct =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The kind that a body states. @throws StatusError BadRequest */
function checkKind(raw: RawBody, expected: ExpectedKind): void {
  const { value } = raw;
  const unrecognized = (why: string): Error =>
    newBadRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${raw.excerpt()})`);
  if (value === null) return;
  const parseError = (why: string) =>
    unrecognized(`couldn't get version/kind; json parse error: json: cannot unmarshal ${why}`);
  if (!isJsonObject(value)) throw parseError(`${jsonKind(value)} into Go value of type ${typeStruct}`);
  for (const key of ['apiVersion', 'kind']) {
    const given = value[key];
    if (given === undefined || given === null || typeof given === 'string') continue;
    throw parseError(`${jsonKind(given)} into Go struct field .${key} of type string`);
  }
  const apiVersion = String(value['apiVersion'] ?? '');
  const gv = parseGroupVersion(apiVersion);
  if (!gv) throw unrecognized(`unexpected GroupVersion string: ${apiVersion}`);
  const kind = String(value['kind'] ?? '') || expected.kind;
  const group = apiVersion === '' ? expected.group : gv.group;
  const version = apiVersion === '' ? expected.version : gv.version;
  if (expected.custom) return checkCustomKind(value, expected, unrecognized);
  if (kind === expected.kind && group === expected.group && version === expected.version) return;
  const stated = { group, version, kind };
  const name = groupVersion(stated);
  const isOption = isOptionKind(kind) && group === expected.group && version === expected.version;
  if ((isOption || isRegistered(stated)) && isRegistered(expected)) return checkVersion(stated, expected);
  throw newBadRequest(
    `${kind} in version ${quote(version)} cannot be handled as a ${expected.kind}: no kind ${quote(kind)} is registered for version ${quote(name)} in scheme "pkg/runtime/scheme.go:111"`,
  );
}

/** The refusal of a kind that the server knows but that is not the one of the request. */
function checkVersion(stated: GroupVersionKind, expected: ExpectedKind): void {
  if (!isSameKind(stated, expected)) {
    const { kind, version } = stated;
    const why = `converting (${isOptionKind(kind) ? 'v1' : version}.${kind}) to (${internalTypeOf(expected)}): unknown conversion`;
    throw newBadRequest(`${kind} in version ${quote(version)} cannot be handled as a ${expected.kind}: ${why}`);
  }
  if (expected.accepts?.includes(groupVersion(stated))) return;
  throw versionMismatch(groupVersion(stated), groupVersion(expected));
}

function versionMismatch(stated: string, expected: string): StatusError {
  return newBadRequest(`the API version in the data (${stated}) does not match the expected API version (${expected})`);
}

/** A custom resource must say itself what it is. */
function checkCustomKind(value: JsonObject, expected: ExpectedKind, unrecognized: (why: string) => Error): void {
  const kind = String(value['kind'] ?? '');
  const apiVersion = String(value['apiVersion'] ?? '');
  const wanted = `${expected.group}/${expected.version}`;
  if (kind === '') throw unrecognized(`Object 'Kind' is missing in '${jsonText(value)}'`);
  if (apiVersion !== wanted) {
    throw versionMismatch(apiVersion, wanted);
  }
  if (kind === expected.kind) return;
  const { name = '' } = (value['metadata'] ?? {}) as { readonly name?: string };
  throw newInvalid({ group: expected.group, kind }, name, [
    field.invalid(field.newPath('kind'), kind, `must be ${expected.kind}`),
  ]);
}

/** How strictly unknown and doubled fields are taken. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface DecodeOptions {
  readonly expected: ExpectedKind;
  readonly fieldValidation: FieldValidation;
  /** The stored object, whose parts may come back unchanged. */
  readonly known?: KubernetesObject | undefined;
}

/** Decodes a parsed body into a new, writable object. @throws StatusError BadRequest */
export function decodeBody(context: RequestContext, raw: RawBody, options: DecodeOptions): Record<string, unknown> {
  const { expected, known, fieldValidation } = options;
  checkKind(raw, expected);
  const result = decodeJson((raw.value ?? {}) as JsonObject, expected, known);
  const refuse = (why: string): StatusError => cannotBeHandled(expected, why);
  if (result.error !== undefined) throw refuse(result.error);
  const duplicates = (fieldValidation === 'Strict' && raw.strict) || raw.duplicates;
  const found = [...new Set(duplicates), ...result.complaints];
  const complaints = found.length > 1 && raw.inOrder && !expected.custom ? raw.inOrder(found) : found;
  reportComplaints(context, complaints, fieldValidation, refuse);
  keepEmptyManagedFields(raw.value, result.value);
  return result.value;
}

/** An empty list of managed fields means something: forget them all. */
function keepEmptyManagedFields(input: unknown, decoded: Record<string, unknown>): void {
  const given = (input as { readonly metadata?: { readonly managedFields?: unknown } } | null)?.metadata?.managedFields;
  if (!Array.isArray(given) || given.length > 0) return;
  decoded['metadata'] = { ...(decoded['metadata'] as object | undefined), managedFields: [] };
}

/** What decoding gives: an object, or the reason why there is none. */
export interface DecodedBody {
  readonly value: Record<string, unknown>;
  readonly complaints: readonly string[];
  readonly error?: string;
}

/** Decodes JSON by the schema of a kind. */
export function decodeJson(
  input: JsonObject,
  expected: ExpectedKind,
  known: KubernetesObject | undefined,
): DecodedBody {
  const apiVersion = expected.group === '' ? expected.version : `${expected.group}/${expected.version}`;
  if (expected.custom) return decodeCustomJson(input, expected.custom);
  try {
    const decoded = decodeObject(expected.schema, input, known as unknown as JsonObject | undefined, typeDefaults);
    const complaints = decoded.unknownFields.map((path) => `unknown field ${quote(path)}`);
    const value: Record<string, unknown> = Object.assign({ kind: '', apiVersion }, decoded.value);
    value['kind'] = expected.kind;
    value['apiVersion'] = apiVersion;
    if (decoded.hasEmpties) markEmpties(value);
    return { value, complaints };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { value: {}, complaints: [], error: error.message };
  }
}

function decodeCustomJson(input: JsonObject, custom: CustomResource): DecodedBody {
  try {
    const { value, unknownFields } = custom.decode(input);
    return { value, complaints: unknownFields.map((path) => `unknown field ${quote(path)}`) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { value: {}, complaints: [], error: error.message };
  }
}

function cannotBeHandled(expected: ExpectedKind, why: string): StatusError {
  return newBadRequest(
    `${expected.kind} in version ${quote(expected.version)} cannot be handled as a ${expected.kind}: ${why}`,
  );
}

/** Warns of unknown and doubled fields, or refuses them, as the request wants it. @throws what `refuse` makes */
export function reportComplaints(
  context: RequestContext,
  complaints: readonly string[],
  fieldValidation: FieldValidation,
  refuse: (why: string) => Error,
): void {
  if (complaints.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict') throw refuse(`strict decoding error: ${complaints.join(', ')}`);
  for (const text of complaints) context.warnings.add(text);
}
