import { expect, it } from 'vitest';
import { validFieldPath } from './field-path.ts';
import type { JsonSchema } from './json-schema.ts';

const text: JsonSchema = { type: 'string' };
const schema: JsonSchema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { name: text, 'a.b': text } },
    labels: { type: 'object', additionalProperties: text },
  },
};

it.each([
  ['.spec.name', 'spec.name'],
  [".spec['a.b']", 'spec.a.b'],
  [".labels['x']", 'labels[x]'],
  ['.spec.missing', 'does not refer to a valid field'],
])('%s', (path, expected) => {
  const found = validFieldPath(path, schema);
  expect(typeof found === 'string' ? found : String(found.path)).toBe(expected);
});
