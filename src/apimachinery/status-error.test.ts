import { describe, expect, it } from 'vitest';
import * as field from './field-error.ts';
import {
  getControllerOf,
  isControlledBy,
  metaNamespaceKey,
  newControllerRef,
  splitMetaNamespaceKey,
} from './object-meta.ts';
import { groupVersion, parseGroupVersion } from './resource-ref.ts';
import * as errors from './status-error.ts';

const pods = { group: '', resource: 'pods' };
const deployments = { group: 'apps', resource: 'deployments' };

describe('errors of the API', () => {
  it.each([
    [errors.newNotFound(pods, 'x'), 404, 'pods "x" not found'],
    [errors.newAlreadyExists(deployments, 'x'), 409, 'deployments.apps "x" already exists'],
    [errors.newConflict(pods, 'x', 'why'), 409, 'Operation cannot be fulfilled on pods "x": why'],
    [errors.newForbidden(pods, 'x', 'why'), 403, 'pods "x" is forbidden: why'],
    [errors.newForbidden(pods, '', 'why'), 403, 'pods is forbidden: why'],
    [errors.newForbidden({ group: '', resource: '' }, '', 'why'), 403, 'forbidden: why'],
    [errors.newUnauthorized(''), 401, 'not authorized'],
    [errors.newInternalError('why'), 500, 'Internal error occurred: why'],
    [errors.newTimeout('why', 1), 504, 'Timeout: why'],
    [errors.newMethodNotSupported(pods, 'patch'), 405, 'patch is not supported on resources of kind "pods"'],
    [errors.newTooLargeResourceVersion('9', '5', 1), 504, 'Timeout: Too large resource version: 9, current: 5'],
  ])('%s', (error, code, message) => {
    expect([error.code, error.message]).toEqual([code, message]);
  });

  it('carry a whole status', () => {
    expect(errors.newNotFound(deployments, 'x').status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'deployments.apps "x" not found',
      reason: 'NotFound',
      details: { name: 'x', group: 'apps', kind: 'deployments' },
      code: 404,
    });
  });

  it('list every invalid field as a cause, and like ones once in the message', () => {
    const path = field.newPath('spec', 'x');
    const list = [
      field.required(path.index(0)),
      field.invalid(path.key('a'), 'b', 'why'),
      field.required(path.index(0)),
    ];
    const error = errors.newInvalid({ group: '', kind: 'Pod' }, 'p', list);
    expect(error.message).toBe('Pod "p" is invalid: [spec.x[0]: Required value, spec.x[a]: Invalid value: "b": why]');
    expect(error.status.details?.causes).toHaveLength(3);
    expect(error.status.details?.causes?.[1]).toEqual({
      reason: 'FieldValueInvalid',
      message: 'Invalid value: "b": why',
      field: 'spec.x[a]',
    });
  });

  it('are known again, also from an answer', () => {
    expect(errors.isNotFound(errors.StatusError.fromAnswer(404, '404 page not found'))).toBe(true);
    expect(errors.isNotFound(errors.StatusError.fromAnswer(404, errors.newNotFound(pods, 'x').status))).toBe(true);
    expect(errors.isConflict(errors.newAlreadyExists(pods, 'x'))).toBe(false);
    expect(errors.isNotFound(new Error('x'))).toBe(false);
    expect(errors.suggestsClientDelay(errors.newTooManyRequests('x', 3))).toBe(3);
  });
});

describe('errors of fields', () => {
  const path = field.newPath('a');
  it.each([
    [field.invalid(path, 5, 'x'), 'a: Invalid value: 5: x'],
    [field.invalid(path, null, 'x'), 'a: Invalid value: null: x'],
    [field.invalid(undefined, 'q"', 'x'), '<nil>: Invalid value: "q\\"": x'],
    [field.invalid(path, { b: ['<'] }, ''), 'a: Invalid value: {"b":["\\u003c"]}'],
    [field.invalid(path, new field.GoValue('{"B":null}'), 'x'), 'a: Invalid value: {"B":null}: x'],
    [field.duplicate(path, 'b'), 'a: Duplicate value: "b"'],
    [field.notSupported(path, 'b', ['x', 'y']), 'a: Unsupported value: "b": supported values: "x", "y"'],
    [field.forbidden(path, 'x'), 'a: Forbidden: x'],
    [field.tooLong(path, 1), 'a: Too long: may not be more than 1 byte'],
    [field.tooMany(path, 3, 2), 'a: Too many: 3: must have at most 2 items'],
    [field.tooMany(path, -1, 1), 'a: Too many: must have at most 1 item'],
    [field.notFound(path, 'b'), 'a: Not found: "b"'],
    [field.internalError(path, 'x'), 'a: Internal error: x'],
  ])('%s', (error, text) => {
    expect(field.errorText(error)).toBe(text);
  });
});

describe('object metadata', () => {
  const owner = { metadata: { name: 'o', uid: 'u' } };
  const ref = newControllerRef(owner, { group: 'apps', version: 'v1', kind: 'ReplicaSet' });

  it('names owners', () => {
    const object = { metadata: { name: 'p', ownerReferences: [{ ...ref, uid: 'x', controller: false }, ref] } };
    expect(ref).toMatchObject({ apiVersion: 'apps/v1', controller: true, blockOwnerDeletion: true });
    expect(getControllerOf(object)).toBe(ref);
    expect(isControlledBy(object, owner)).toBe(true);
  });

  it('makes keys', () => {
    expect(metaNamespaceKey({ metadata: { namespace: 'a', name: 'b' } })).toBe('a/b');
    expect(splitMetaNamespaceKey('b')).toEqual({ namespace: '', name: 'b' });
    expect(() => splitMetaNamespaceKey('a/b/c')).toThrow('unexpected key format: "a/b/c"');
  });

  it('reads versions', () => {
    expect(parseGroupVersion('apps/v1')).toEqual({ group: 'apps', version: 'v1' });
    expect(parseGroupVersion('a/b/c')).toBeUndefined();
    expect(groupVersion({ group: '', version: 'v1' })).toBe('v1');
  });
});
