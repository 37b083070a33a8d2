import { expect, it } from 'vitest';
import { errorText, newPath } from '../../../../../apimachinery/field-error.ts';
import { type Schema, validateStructural } from './structural.ts';

const cases: readonly (readonly [name: string, schema: Schema, expected: readonly string[]])[] = [
  ['an object', { type: 'object', properties: { a: { type: 'string' } } }, []],
  ['no type at the root', {}, ['s.type: Required value: must not be empty at the root']],
  [
    'no type of a field',
    { type: 'object', properties: { a: {} } },
    ['s.properties[a].type: Required value: must not be empty for specified object fields'],
  ],
  ['int or string', { type: 'object', properties: { a: { 'x-kubernetes-int-or-string': true } } }, []],
  [
    'a type inside an alternative',
    { type: 'object', anyOf: [{ type: 'object' }] },
    ['s.anyOf[0].type: Forbidden: must be empty to be structural'],
  ],
  [
    'an array without items',
    { type: 'object', properties: { a: { type: 'array' } } },
    ['s.properties[a].items: Required value: must be specified'],
  ],
];

it.each(cases)('%s', (_, schema, expected) => {
  expect(validateStructural(newPath('s'), schema).map(errorText)).toEqual(expected);
});
