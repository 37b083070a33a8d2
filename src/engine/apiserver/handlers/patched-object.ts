/** A patched document on its way back to an object of the store. */
import { jsonText } from '../../../apimachinery/go-json.ts';
import { schemaFor } from '../../../api/schema.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { compareStrings, quote } from '../../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { groupVersion, parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import { newConflict, newInvalid, type StatusError } from '../../../apimachinery/status-error.ts';
import { internalTypeOf } from '../codec/go-type.ts';
import { isRegistered, isSameKind } from '../codec/registered-kinds.ts';
import { fromUnstructuredError, wrapIntegers } from '../codec/from-unstructured.ts';
import { parseGoJson } from '../codec/go-json-reader.ts';
import { sortStrictErrors } from '../codec/strict-errors.ts';
import { asDraft, type WritableObject } from '../generic/operation.ts';
import { draftOf, ensureName, ensureNamespace } from './create.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import type { HandlerScope } from './handler-scope.ts';
import { decodeJson, type ExpectedKind, reportComplaints } from './request-body.ts';
import { type WriteQuery } from './write-options.ts';

/** A patch as it was sent: read when it is applied. */
export interface Patch {
  readonly type: string;
  readonly text: string;
  readonly object: JsonObject | undefined;
}

/** Checks that a patched object is still the one of the URL, and gives it in the stored version. @throws StatusError */
export function finishPatched(
  scope: HandlerScope,
  decoded: Record<string, unknown>,
  current: KubernetesObject | undefined,
): WritableObject {
  const { context, served } = scope;
  const { definition } = served;
  const draft = draftOf(definition, decoded);
  if (!current && draft.metadata['uid']) {
    const why = `uid mismatch: the provided object specified uid ${String(draft.metadata['uid'])}, and no existing object was found`;
    throw newConflict(definition, context.info.name, why);
  }
  ensureNamespace(definition, draft, definition.namespaced ? context.info.namespace : '');
  ensureName(draft, context.info.name);
  dedupOwnerReferences(context, draft, true);
  return asDraft(served.toStorage(draft as unknown as KubernetesObject));
}

interface Decoding {
  readonly options: WriteQuery;
  readonly shown: KubernetesObject | undefined;
  readonly complaints: readonly string[];
  /** The patched document as an error shows it. */
  readonly show: () => string;
  /** The patch went through objects, not through text: its kind does not count and its errors are worded otherwise. */
  readonly unstructured: boolean;
  /** How a document that is not of its kind is refused; default: as invalid, with the document. */
  readonly refuse?: (why: string) => StatusError;
}

/** Decodes a patched document. @throws StatusError Invalid on `patch` */
export function decodePatched(
  { context, served }: HandlerScope,
  value: JsonObject,
  decoding: Decoding,
): Record<string, unknown> {
  const refuse = (why: string): StatusError =>
    newInvalid({ group: '', kind: '' }, '', [field.invalid(field.newPath('patch'), decoding.show(), why)]);
  const { expected } = served;
  const isTyped = !decoding.unstructured;
  if (isTyped && !expected.custom && isMissing(value['apiVersion'])) {
    const unknown = Object.keys(value).filter((key) => key !== 'kind' && key !== 'apiVersion');
    const complaints = unknown.sort(compareStrings).map((key) => `unknown field ${quote(key)}`);
    reportComplaints(context, complaints, decoding.options.fieldValidation, refuse);
    return {};
  }
  if (isTyped) checkTypeUnchanged(value, expected, refuse);
  let result = decodeJson(value, expected, decoding.shown);
  if (result.error !== undefined && decoding.unstructured) {
    const whole = expected.custom ? value : wrapIntegers(expected.schema, value);
    const why = fromUnstructuredError(expected.schema, whole);
    if (why === undefined) result = decodeJson(whole as JsonObject, expected, decoding.shown);
    if (result.error !== undefined) throw (decoding.refuse ?? refuse)(why ?? result.error);
  } else if (result.error !== undefined) throw refuse(errorInOrder(decoding.show(), expected) ?? result.error);
  // The converter sorts what it does not know; a decoder tells it as it comes.
  const found = result.complaints;
  const unknown = found.length < 2 ? found : isTyped ? sortStrictErrors(decoding.show(), found) : [...found].sort();
  reportComplaints(context, [...decoding.complaints, ...unknown], decoding.options.fieldValidation, refuse);
  return result.value;
}

/** Of several errors the decoder tells the first in the document's text. */
function errorInOrder(text: string, expected: ExpectedKind): string | undefined {
  const { value } = parseGoJson(text, true);
  return isJsonObject(value) ? decodeJson(value, expected, undefined).error : undefined;
}

const isMissing = (value: unknown): boolean => typeof value !== 'string' || value === '';

/** A built-in kind that is left out is the wanted one; without a version nothing but the kind is known. */
function checkTypeUnchanged(value: JsonObject, expected: ExpectedKind, refuse: (why: string) => StatusError): void {
  const apiVersion = groupVersion(expected);
  const { kind, custom } = expected;
  const given = isMissing(value['kind']) && !custom ? kind : value['kind'];
  const version = value['apiVersion'];
  if (given === kind && version === apiVersion) return;
  if (typeof given !== 'string' || given === '') throw refuse(`Object 'Kind' is missing in '${decodedText(value)}'`);
  if (typeof version !== 'string' || version === '')
    throw refuse(`Object 'apiVersion' is missing in '${decodedText(value)}'`);
  throw refuse(otherKindError(value, given, version, kind, apiVersion));
}

/** A known kind is read as what it says it is, before it turns out to be another. */
function otherKindError(value: JsonObject, kind: string, apiVersion: string, wanted: string, at: string): string {
  const { group, version } = parseGroupVersion(apiVersion) ?? { group: '', version: apiVersion };
  const gvk = { group, version, kind };
  const own = parseGroupVersion(at) ?? { group: '', version: at };
  const schema = schemaFor(gvk);
  const error = schema && decodeJson(value, { ...gvk, schema }, undefined).error;
  if (error !== undefined) return error;
  const expected = { ...own, kind: wanted };
  if (isRegistered(gvk) && isRegistered(expected) && !isSameKind(gvk, expected)) {
    return `converting (${version}.${kind}) to (${internalTypeOf(expected)}): unknown conversion`;
  }
  return `no kind ${quote(kind)} is registered for version ${quote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
}

const decodedText = (value: JsonObject): string => jsonText(value);
