import { describe, expect, it } from 'vitest';
import * as field from '../../../apimachinery/field-error.ts';
import type { ObjectMeta } from '../../../apimachinery/object-meta.ts';
import { nameIsDNSSubdomain } from '../../../apimachinery/validation.ts';
import type { UpdateCheck } from '../registry/resource-definition.ts';
import { updateErrors } from './update-checks.ts';

const old: ObjectMeta = { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1' };

const errorsOf = (meta: ObjectMeta, order?: readonly UpdateCheck[]): string[] =>
  updateErrors(meta, old, {
    namespaced: true,
    checkName: nameIsDNSSubdomain,
    kubeFinalizers: true,
    order,
    again: () => [field.required(field.newPath('again'))],
    own: () => [field.required(field.newPath('own'))],
  }).map((error) => error.field);

describe('updateErrors', () => {
  const uid = { ...old, uid: 'other' };
  const cases: readonly [
    name: string,
    meta: ObjectMeta,
    order: readonly UpdateCheck[] | undefined,
    fields: string[],
  ][] = [
    ['a change that is fine', old, undefined, ['own']],
    ['what cannot change is told twice', uid, undefined, ['metadata.uid', 'metadata.uid', 'own']],
    ['once where the kind does not look', uid, ['own'], ['metadata.uid', 'own']],
    [
      'in the order of the kind',
      uid,
      ['meta', 'again', 'metaUpdate', 'own'],
      ['metadata.uid', 'again', 'metadata.uid', 'own'],
    ],
    [
      'labels are looked at by themselves, too',
      { ...old, labels: { a: '!' } },
      undefined,
      ['metadata.labels', 'metadata.labels', 'metadata.labels', 'own'],
    ],
    [
      'generated names count where metadata is checked whole',
      { ...old, generateName: 'A' },
      ['meta'],
      ['metadata.generateName'],
    ],
    [
      "one word must be Kubernetes' own finalizer",
      { ...old, finalizers: ['x'] },
      ['metaUpdate'],
      ['metadata.finalizers[0]'],
    ],
  ];
  it.each(cases)('%s', (_, meta, order, fields) => {
    expect(errorsOf(meta, order)).toEqual(fields);
  });
});
