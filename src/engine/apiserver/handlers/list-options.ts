/** `metav1.ListOptions` of a request's query. Upstream: handlers/get.go ListResource (v1.36) */
import * as field from '../../../apimachinery/field-error.ts';
import { type FieldSelector, parseFieldSelector } from '../../../apimachinery/fields.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { parseSelector, type Selector } from '../../../apimachinery/labels.ts';
import { newBadRequest, newInvalid, newStatusError } from '../../../apimachinery/status-error.ts';
import type { QueryValues } from '../request-info.ts';

/** What a list or watch asks for. */
export interface ListQuery {
  readonly labels: Selector;
  readonly fields: FieldSelector;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly limit: number;
  readonly continue: string;
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

/** Reads an integer as Go's strconv does. @throws StatusError BadRequest */
export function parseInt64(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw newBadRequest(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (BigInt.asIntN(64, value) !== value)
    throw newBadRequest(`strconv.ParseInt: parsing ${quote(text)}: value out of range`);
  return Number(value);
}

function selectorOf<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw newBadRequest((error as Error).message);
  }
}

/** Reads the options of a list, a watch or a deletecollection. @throws StatusError BadRequest, Invalid */
export function listQuery(query: QueryValues, watch: boolean): ListQuery {
  const number = (name: string) => (query.has(name) ? parseInt64(query.get(name)) : undefined);
  const options = withDefaults({
    limit: number('limit') ?? 0,
    timeoutSeconds: number('timeoutSeconds'),
    labels: selectorOf(query.get('labelSelector'), parseSelector),
    fields: selectorOf(query.get('fieldSelector'), parseFieldSelector),
    resourceVersion: query.get('resourceVersion'),
    resourceVersionMatch: query.get('resourceVersionMatch'),
    continue: query.get('continue'),
    watch,
    allowWatchBookmarks: query.flag('allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents') ? query.flag('sendInitialEvents') : undefined,
  });
  const errors = watch ? watchErrors(options) : listErrors(options);
  if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  return options;
}

/** A watch from no version, or from any, begins with what there is. Upstream: SetListOptionsDefaults (v1.36) */
function withDefaults(options: ListQuery): ListQuery {
  const { watch, sendInitialEvents, resourceVersionMatch, resourceVersion } = options;
  if (!watch || sendInitialEvents !== undefined || resourceVersionMatch !== '') return options;
  if (resourceVersion !== '' && resourceVersion !== '0') return options;
  return { ...options, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
}

const matchPath = field.newPath('resourceVersionMatch');

function listErrors(options: ListQuery): field.FieldError[] {
  const errors: field.FieldError[] = [];
  const { resourceVersionMatch: match, resourceVersion } = options;
  const forbid = (why: string) => errors.push(field.forbidden(matchPath, why));
  if (match !== '') {
    if (resourceVersion === '') forbid('resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (options.continue !== '') forbid('resourceVersionMatch is forbidden when continue is provided');
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(field.notSupported(matchPath, match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && resourceVersion === '0') {
      forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
  }
  if (options.sendInitialEvents !== undefined) {
    errors.push(field.forbidden(field.newPath('sendInitialEvents'), 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

function watchErrors(options: ListQuery): field.FieldError[] {
  const errors: field.FieldError[] = [];
  const { resourceVersionMatch: match, sendInitialEvents } = options;
  const forbid = (why: string) => errors.push(field.forbidden(matchPath, why));
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (match === '') return errors;
  if (sendInitialEvents === undefined) {
    forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  }
  if (match !== 'NotOlderThan') errors.push(field.notSupported(matchPath, match, ['NotOlderThan']));
  if (options.continue !== '') forbid('resourceVersionMatch is forbidden when continue is provided');
  return errors;
}

const versionError = (text: string, why: string): string =>
  `resourceVersion: Invalid value: ${quote(text)}: strconv.ParseUint: parsing ${quote(text)}: ${why}`;

/** A resource version as a number; undefined when the text is empty. @throws StatusError of the given code */
export function parseResourceVersion(text: string, code: 400 | 500, prefix = ''): number | undefined {
  if (text === '') return undefined;
  const why = !/^\d+$/.test(text) ? 'invalid syntax' : BigInt(text) >= 1n << 64n ? 'value out of range' : undefined;
  if (why === undefined) return Number(text);
  if (code === 400) throw newBadRequest(prefix + versionError(text, why));
  throw newStatusError({ code: 500, reason: '', message: versionError(text, why) });
}
