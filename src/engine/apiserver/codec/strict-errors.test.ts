import { expect, it } from 'vitest';
import { sortStrictErrors } from './strict-errors.ts';

const unknown = (path: string): string => `unknown field "${path}"`;
const duplicate = (path: string): string => `duplicate field "${path}"`;

it.each([
  {
    name: 'unknown before doubled',
    text: '{"spec":{"odd":1,"replicas":2,"replicas":3}}',
    found: [duplicate('spec.replicas'), unknown('spec.odd')],
    expected: [unknown('spec.odd'), duplicate('spec.replicas')],
  },
  {
    name: 'doubled before unknown',
    text: '{"spec":{"replicas":2,"replicas":3,"odd":1}}',
    found: [duplicate('spec.replicas'), unknown('spec.odd')],
    expected: [duplicate('spec.replicas'), unknown('spec.odd')],
  },
  {
    name: 'a doubled key counts where it stands again',
    text: '{"spec":{"replicas":2,"odd":1,"replicas":3}}',
    found: [duplicate('spec.replicas'), unknown('spec.odd')],
    expected: [unknown('spec.odd'), duplicate('spec.replicas')],
  },
  {
    name: 'what is unknown is not looked into',
    text: '{"odd":{"a":1,"a":2},"x":1,"odd":2}',
    found: [duplicate('odd.a'), duplicate('odd'), unknown('odd'), unknown('x')],
    expected: [unknown('odd'), unknown('x')],
  },
])('$name', ({ text, found, expected }) => {
  expect(sortStrictErrors(text, found)).toEqual(expected);
});
