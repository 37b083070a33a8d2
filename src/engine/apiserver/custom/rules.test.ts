import { describe, expect, it } from 'vitest';
import type { JsonSchema } from './json-schema.ts';
import { validateRules } from './rules.ts';

const integer: JsonSchema = { type: 'integer' };
const limited: JsonSchema = {
  type: 'object',
  properties: { n: integer, free: integer },
  'x-kubernetes-validations': [{ rule: 'self.n < 10', message: 'too much' }],
};
const schema: JsonSchema = { type: 'object', properties: { a: limited, b: integer } };
const judge = (root: JsonSchema, value: unknown, old?: unknown, warn?: (text: string) => void) =>
  validateRules(root, value, { old, warn, isRoot: false }).map(({ field, detail }) => [field, detail]);

describe('rules', () => {
  it('complain where they stand', () => {
    expect(judge(schema, { a: { n: 11 } })).toEqual([['a', 'too much']]);
    expect(judge(schema, { a: { n: 9 } })).toEqual([]);
  });

  it('compare with the state before', () => {
    const fixed: JsonSchema = { ...integer, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] };
    const root: JsonSchema = { type: 'object', properties: { n: fixed } };
    expect(judge(root, { n: 1 })).toEqual([]);
    expect(judge(root, { n: 1 }, { n: 2 })).toEqual([['n', 'failed rule: self >= oldSelf']]);
  });

  it('let an unchanged part be, with a warning', () => {
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    expect(judge(schema, { a: { n: 11 }, b: 2 }, { a: { n: 11 }, b: 1 }, warn)).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(judge(schema, { a: { n: 12 }, b: 2 }, { a: { n: 11 }, b: 1 }, warn)).toEqual([['a', 'too much']]);
  });

  it('stop when they come too dear', () => {
    const dear: JsonSchema = {
      type: 'object',
      properties: { list: { type: 'array', items: integer } },
      'x-kubernetes-validations': [{ rule: 'self.list.all(x, self.list.all(y, x + y > 0))' }],
    };
    const list = Array.from({ length: 1000 }, () => 1);
    expect(judge(dear, { list })[0]?.[1]).toMatch(/call cost exceeds limit/);
  });
});
