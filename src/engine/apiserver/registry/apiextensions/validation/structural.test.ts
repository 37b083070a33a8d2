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
  [
    'alternatives that speak of what is not there',
    {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'object', properties: { x: { type: 'string' } } } } },
      allOf: [{ properties: { a: { items: { properties: { x: {}, y: {} } } } } }],
      not: { anyOf: [{ properties: { b: {} } }] },
    },
    [
      's.properties[a].items.properties[y]: Required value: because it is defined in s.allOf[0].properties[a].items.properties[y]',
      's.properties[b]: Required value: because it is defined in s.not.anyOf[0].properties[b]',
    ],
  ],
];

it.each(cases)('%s', (_, schema, expected) => {
  expect(validateStructural(newPath('s'), schema).map(errorText)).toEqual(expected);
});
