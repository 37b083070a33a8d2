import { errorBody, toAggregate } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import { quote } from './go-format.ts';
import type { ListMeta } from './object-meta.ts';
import { groupKind, groupResource } from './resource-ref.ts';

/** One reason of a failure. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** What a failure is about. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** `metav1.Status` as the API answers it. */
export interface Status {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata: ListMeta;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** A resource an error speaks of. */
interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** A kind an error speaks of. */
interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** An error that is, or came as, a Status of the API. Its message is the status's. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? '');
    this.name = 'StatusError';
    this.status = status;
  }

  /** The error an answer of the API stands for: its Status, or a generic one when the body is none. */
  static fromAnswer(code: number, body: unknown, request: { readonly verb?: string } = {}): StatusError {
    if (isStatus(body)) return new StatusError(body);
    const serverMessage = typeof body === 'string' && body.trim() !== '' ? body.trim() : 'unknown';
    const resource = { group: '', resource: '' };
    const verb = request.verb ?? 'GET';
    return newGenericServerResponse({ code, verb, resource, name: '', serverMessage, isUnexpectedResponse: true });
  }

  /** The HTTP code; 0 when the status has none. */
  get code(): number {
    return this.status.code ?? 0;
  }

  /** The reason; empty when unknown. */
  get reason(): string {
    return this.status.reason ?? '';
  }
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}

/** What a failure is made of; empty strings and zeros are left out of the status, as Go does. */
export interface FailureOptions {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusDetails;
}

function present(details: StatusDetails): StatusDetails {
  return {
    ...(details.name ? { name: details.name } : {}),
    ...(details.group ? { group: details.group } : {}),
    ...(details.kind ? { kind: details.kind } : {}),
    ...(details.uid ? { uid: details.uid } : {}),
    ...(details.causes !== undefined && details.causes.length > 0 ? { causes: details.causes } : {}),
    ...(details.retryAfterSeconds ? { retryAfterSeconds: details.retryAfterSeconds } : {}),
  };
}

/** A StatusError with the given parts. */
export function newStatusError({ code, reason, message, details }: FailureOptions): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    ...(message === '' ? {} : { message }),
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details: present(details) }),
    code,
  });
}

/** The StatusError a failure Status stands for. */
export function statusErrorFromObject(status: Status): StatusError {
  return new StatusError(status);
}

function about(resource: GroupResource, name = ''): StatusDetails {
  return { name, group: resource.group, kind: resource.resource };
}

/** 404 `pods "x" not found`. */
export function newNotFound(resource: GroupResource, name: string): StatusError {
  const message = `${groupResource(resource)} ${quote(name)} not found`;
  return newStatusError({ code: 404, reason: 'NotFound', message, details: about(resource, name) });
}

/** 409 `pods "x" already exists`. */
export function newAlreadyExists(resource: GroupResource, name: string): StatusError {
  const message = `${groupResource(resource)} ${quote(name)} already exists`;
  return newStatusError({ code: 409, reason: 'AlreadyExists', message, details: about(resource, name) });
}

/** 409 when no free name was found for a generateName. */
export function newGenerateNameConflict(resource: GroupResource, name: string, retryAfterSeconds: number): StatusError {
  const why = 'already exists, the server was not able to generate a unique name for the object';
  const message = `${groupResource(resource)} ${quote(name)} ${why}`;
  const details = { ...about(resource, name), retryAfterSeconds };
  return newStatusError({ code: 409, reason: 'AlreadyExists', message, details });
}

/** 401; an empty reason reads `not authorized`. */
export function newUnauthorized(reason: string): StatusError {
  return newStatusError({ code: 401, reason: 'Unauthorized', message: reason === '' ? 'not authorized' : reason });
}

/** 403 `pods "x" is forbidden: why`; without a resource `forbidden: why`. */
export function newForbidden(resource: GroupResource, name: string, why: string): StatusError {
  const subject = groupResource(resource) === '' ? '' : `${groupResource(resource)}${name && ` ${quote(name)}`} is `;
  const message = `${subject}forbidden: ${why}`;
  return newStatusError({ code: 403, reason: 'Forbidden', message, details: about(resource, name) });
}

/** 409 `Operation cannot be fulfilled on pods "x": why`. */
export function newConflict(resource: GroupResource, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${groupResource(resource)} ${quote(name)}: ${why}`;
  return newStatusError({ code: 409, reason: 'Conflict', message, details: about(resource, name) });
}

/** 409 of server-side apply. */
export function newApplyConflict(causes: readonly StatusCause[], message: string): StatusError {
  return newStatusError({ code: 409, reason: 'Conflict', message, details: { causes } });
}

/** 410 Gone. */
export function newGone(message: string): StatusError {
  return newStatusError({ code: 410, reason: 'Gone', message });
}

/** 410 Expired: a resource version or continue token that is too old. */
export function newResourceExpired(message: string): StatusError {
  return newStatusError({ code: 410, reason: 'Expired', message });
}

/** 422 `Pod "x" is invalid: …` with one cause for each error. */
export function newInvalid(kind: GroupKind, name: string, errors: readonly FieldError[]): StatusError {
  const causes = errors.map((error) => ({ reason: error.type, message: errorBody(error), field: error.field }));
  const subject = `${groupKind(kind)} ${quote(name)} is invalid`;
  const message = errors.length === 0 ? subject : `${subject}: ${toAggregate(errors)}`;
  const details = { name, group: kind.group, kind: kind.kind, causes };
  return newStatusError({ code: 422, reason: 'Invalid', message, details });
}

/** 400. */
export function newBadRequest(message: string): StatusError {
  return newStatusError({ code: 400, reason: 'BadRequest', message });
}

/** 429 with a hint when to try again. */
export function newTooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return newStatusError({ code: 429, reason: 'TooManyRequests', message, details: { retryAfterSeconds } });
}

/** 503. */
export function newServiceUnavailable(message: string): StatusError {
  return newStatusError({ code: 503, reason: 'ServiceUnavailable', message });
}

/** 405 `patch is not supported on resources of kind "bindings"`. */
export function newMethodNotSupported(resource: GroupResource, action: string): StatusError {
  const message = `${action} is not supported on resources of kind ${quote(groupResource(resource))}`;
  return newStatusError({ code: 405, reason: 'MethodNotAllowed', message, details: about(resource) });
}

/** 500 ServerTimeout: the operation may succeed when tried again. */
export function newServerTimeout(resource: GroupResource, operation: string, retryAfterSeconds: number): StatusError {
  const target = groupResource(resource);
  const message = `The ${operation} operation against ${target} could not be completed at this time, please try again.`;
  const details = { ...about(resource, operation), retryAfterSeconds };
  return newStatusError({ code: 500, reason: 'ServerTimeout', message, details });
}

/** 500 `Internal error occurred: why`. */
export function newInternalError(why: string): StatusError {
  const message = `Internal error occurred: ${why}`;
  return newStatusError({ code: 500, reason: 'InternalError', message, details: { causes: [{ message: why }] } });
}

/** 504 `Timeout: why`. */
export function newTimeout(why: string, retryAfterSeconds: number): StatusError {
  return newStatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: ${why}`,
    details: retryAfterSeconds > 0 ? { retryAfterSeconds } : {},
  });
}

/** 413 `Request entity too large: why`. */
export function newRequestEntityTooLarge(why: string): StatusError {
  return newStatusError({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: ${why}` });
}

/** 406 with the media types that would do. Upstream: apiserver/pkg/endpoints/handlers/negotiation/errors.go (v1.36) */
export function newNotAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`;
  return newStatusError({ code: 406, reason: 'NotAcceptable', message });
}

/** 415 with the media types that would do. Upstream: apiserver/pkg/endpoints/handlers/negotiation/errors.go (v1.36) */
export function newUnsupportedMediaType(accepted: readonly string[]): StatusError {
  const types = accepted.join(', ');
  const message = `the body of the request was in an unknown format - accepted media types include: ${types}`;
  return newStatusError({ code: 415, reason: 'UnsupportedMediaType', message });
}

/** A version that does not exist yet: 504 with a retry hint. Upstream: apiserver/pkg/storage/errors.go (v1.36) */
export function newTooLargeResourceVersion(requested: string, current: string, retryAfterSeconds: number): StatusError {
  const message = `Timeout: Too large resource version: ${requested}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return newStatusError({ code: 504, reason: 'Timeout', message, details: { causes, retryAfterSeconds } });
}

const genericResponses: ReadonlyMap<number, readonly [reason: string, message: string]> = new Map([
  [400, ['BadRequest', 'the server rejected our request for an unknown reason']],
  [401, ['Unauthorized', 'the server has asked for the client to provide credentials']],
  [404, ['NotFound', 'the server could not find the requested resource']],
  [405, ['MethodNotAllowed', 'the server does not allow this method on the requested resource']],
  [406, ['NotAcceptable', 'the server was unable to respond with a content type that the client supports']],
  [409, ['Conflict', 'the server reported a conflict']],
  [422, ['Invalid', 'the server rejected our request due to an error in our request']],
  [429, ['TooManyRequests', 'the server has received too many requests and has asked us to try again later']],
  [503, ['ServiceUnavailable', 'the server is currently unable to handle the request']],
  [
    504,
    [
      'Timeout',
      'the server was unable to return a response in the time allotted, but may still be processing the request',
    ],
  ],
]);

/** What is known of an answer that carries no Status. */
export interface GenericResponse {
  readonly code: number;
  /** HTTP verb, upper case. */
  readonly verb: string;
  readonly resource: GroupResource;
  readonly name: string;
  readonly serverMessage: string;
  readonly retryAfterSeconds?: number;
  readonly isUnexpectedResponse: boolean;
}

function genericReason(response: GenericResponse): readonly [reason: string, message: string] {
  const { code, verb, serverMessage } = response;
  if (code === 409 && verb === 'POST') return ['AlreadyExists', 'the server reported a conflict'];
  if (code === 403) return ['Forbidden', serverMessage];
  if (code === 415) return ['UnsupportedMediaType', serverMessage];
  if (code === 406 && serverMessage !== '' && serverMessage !== 'unknown') return ['NotAcceptable', serverMessage];
  const known = genericResponses.get(code);
  if (known !== undefined) return known;
  if (code >= 500) {
    return [
      'InternalError',
      `an error on the server (${quote(serverMessage)}) has prevented the request from succeeding`,
    ];
  }
  return ['', `the server responded with the status code ${code} but did not return more information`];
}

/**
 * The error a client makes of an answer without a Status, and the server of an error it does not know.
 *
 * Upstream: apimachinery/pkg/api/errors/errors.go NewGenericServerResponse (v1.36)
 */
export function newGenericServerResponse(response: GenericResponse): StatusError {
  const { code, verb, resource, name, serverMessage, retryAfterSeconds = 0, isUnexpectedResponse } = response;
  const [reason, text] = genericReason(response);
  const target = groupResource(resource);
  const suffix = target === '' ? '' : ` (${verb.toLowerCase()} ${target}${name === '' ? '' : ` ${name}`})`;
  const causes = isUnexpectedResponse ? [{ reason: 'UnexpectedServerResponse', message: serverMessage }] : [];
  const details = { ...about(resource, name), causes, retryAfterSeconds };
  return newStatusError({ code, reason, message: text + suffix, details });
}

const knownReasons: ReadonlySet<string> = new Set([
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Gone',
  'Invalid',
  'ServerTimeout',
  'StorageReadError',
  'Timeout',
  'TooManyRequests',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
  'RequestEntityTooLarge',
  'UnsupportedMediaType',
  'InternalError',
  'Expired',
  'ServiceUnavailable',
]);

/** The reason of an error; empty when it is no StatusError or has none. */
export function reasonForError(error: unknown): string {
  return error instanceof StatusError ? error.reason : '';
}

function is(error: unknown, reason: string, code: number): error is StatusError {
  if (!(error instanceof StatusError)) return false;
  return error.reason === reason || (!knownReasons.has(error.reason) && error.code === code);
}

/** Whether the error says that the object does not exist. */
export function isNotFound(error: unknown): error is StatusError {
  return is(error, 'NotFound', 404);
}

/** Whether the error says that the object exists already. */
export function isAlreadyExists(error: unknown): error is StatusError {
  return error instanceof StatusError && error.reason === 'AlreadyExists';
}

/** Whether the error says that somebody else changed the object first. */
export function isConflict(error: unknown): error is StatusError {
  return is(error, 'Conflict', 409);
}

/** Whether the error says that the object did not pass validation. */
export function isInvalid(error: unknown): error is StatusError {
  return is(error, 'Invalid', 422);
}

/** Whether the error says that what was asked for is no longer there. */
export function isGone(error: unknown): error is StatusError {
  return is(error, 'Gone', 410);
}

/** Whether the error says that a resource version or continue token is too old. */
export function isResourceExpired(error: unknown): error is StatusError {
  return error instanceof StatusError && error.reason === 'Expired';
}

/** Whether the error says that no acceptable content type exists. */
export function isNotAcceptable(error: unknown): error is StatusError {
  return is(error, 'NotAcceptable', 406);
}

/** Whether the error says that the body's content type is not understood. */
export function isUnsupportedMediaType(error: unknown): error is StatusError {
  return is(error, 'UnsupportedMediaType', 415);
}

/** Whether the error says that the resource does not know the verb. */
export function isMethodNotSupported(error: unknown): error is StatusError {
  return is(error, 'MethodNotAllowed', 405);
}

/** Whether the error says that the server cannot answer now. */
export function isServiceUnavailable(error: unknown): error is StatusError {
  return is(error, 'ServiceUnavailable', 503);
}

/** Whether the error says that the request makes no sense. */
export function isBadRequest(error: unknown): error is StatusError {
  return is(error, 'BadRequest', 400);
}

/** Whether the error says that the caller is not known. */
export function isUnauthorized(error: unknown): error is StatusError {
  return is(error, 'Unauthorized', 401);
}

/** Whether the error says that the caller may not do this. */
export function isForbidden(error: unknown): error is StatusError {
  return is(error, 'Forbidden', 403);
}

/** Whether the error says that the request took too long. */
export function isTimeout(error: unknown): error is StatusError {
  return is(error, 'Timeout', 504);
}

/** Whether the error says that the same request may succeed later. */
export function isServerTimeout(error: unknown): error is StatusError {
  return error instanceof StatusError && error.reason === 'ServerTimeout';
}

/** Whether the error is an internal one of the server. */
export function isInternalError(error: unknown): error is StatusError {
  return is(error, 'InternalError', 500);
}

/** Whether the error says that the caller asks too often. */
export function isTooManyRequests(error: unknown): error is StatusError {
  return error instanceof StatusError && (error.reason === 'TooManyRequests' || error.code === 429);
}

/** Whether the error says that the body is too large. */
export function isRequestEntityTooLarge(error: unknown): error is StatusError {
  return error instanceof StatusError && (error.reason === 'RequestEntityTooLarge' || error.code === 413);
}

/** Whether the answer carried no Status. */
export function isUnexpectedServerError(error: unknown): error is StatusError {
  return statusCause(error, 'UnexpectedServerResponse') !== undefined;
}

/** The first cause with the given reason. Upstream: errors.StatusCause (v1.36) */
export function statusCause(error: unknown, reason: string): StatusCause | undefined {
  if (!(error instanceof StatusError)) return undefined;
  return error.status.details?.causes?.find((cause) => cause.reason === reason);
}

/** Seconds the server asks to wait before another try, if it does. Upstream: errors.SuggestsClientDelay (v1.36) */
export function suggestsClientDelay(error: unknown): number | undefined {
  if (!(error instanceof StatusError) || error.status.details === undefined) return undefined;
  const seconds = error.status.details.retryAfterSeconds ?? 0;
  return error.reason === 'ServerTimeout' || seconds > 0 ? seconds : undefined;
}
