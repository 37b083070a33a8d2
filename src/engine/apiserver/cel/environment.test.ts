import { describe, expect, it } from 'vitest';
import { dynType, intType, listOf, stringType } from './cel-type.ts';
import { celOfJson, jsonOfCel } from './data.ts';
import { compile } from './environment.ts';

const object = { data: { a: 'x', n: 3 }, list: [3, 1, 2] };
const evaluate = (source: string): unknown => {
  const values = { object: celOfJson(object) };
  const program = compile(source, { variables: { object: dynType } });
  return jsonOfCel(program.evaluate({ get: (name) => (name === 'object' ? values.object : undefined) }));
};

describe('evaluates', () => {
  it.each([
    ['1 + 2 * 3 == 7 && !false', true],
    ['7 / 2', 3],
    ['-7 % 3', -1],
    ['1.0 / 4.0', 0.25],
    ['object.data.a + "y"', 'xy'],
    ['has(object.data.a) && !has(object.data.b)', true],
    ['object.list.map(i, i * 2).filter(i, i > 2)', [6, 4]],
    ['object.list.exists(i, i == 2) ? "yes" : "no"', 'yes'],
    ['[1, 2].all(i, 1 / (i - 1) > 0) || true', true],
    ['{"a": 1}.transformMap(k, v, v + 1)', { a: 2 }],
    ['object.?data.?b.orValue("none")', 'none'],
    ['string(duration("1h30m") + duration("30s"))', '5430s'],
    ['timestamp("2024-02-29T12:00:00Z").getDayOfWeek()', 4],
    ['quantity("1Gi").isGreaterThan(quantity("500Mi"))', true],
    ['"%s has %d".format(["x", 5])', 'x has 5'],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
    ['type(object.data.n) == int', true],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it.each([
    ['object.data.missing == 1', 'no such key: missing'],
    ['object.list[9] == 1', 'index out of bounds: 9'],
    ['1 / (object.data.n - 3) == 1', 'division by zero'],
    ['object.data.a + 1 == 2', 'no such overload'],
    ['9223372036854775807 + object.data.n > 0', 'integer overflow'],
  ])('%s fails', (source, message) => {
    expect(() => evaluate(source)).toThrow(message);
  });
});

describe('compiles', () => {
  const variables = { self: stringType, numbers: listOf(intType) };
  it.each([
    ['self.size() > 1 && numbers.sum() < 10', undefined],
    ['foo == 1', "undeclared reference to 'foo' (in container '')"],
    ['self + 1', "found no matching overload for '_+_' applied to '(string, int)'"],
    ['self.all(x, true)', "expression of type 'string' cannot be range of a comprehension"],
    ['self ==', "mismatched input '<EOF>' expecting"],
    ['[1, "a"].size() > 1', "expected type 'int' but found 'string'"],
    ['duration("nope") > duration("1s")', 'invalid duration argument'],
  ])('%s', (source, complaint) => {
    const attempt = () => compile(source, { variables });
    if (complaint === undefined) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(complaint);
  });

  it('points at what is wrong', () => {
    expect(() => compile('self.x == 1', { variables })).toThrow(
      "ERROR: <input>:1:5: type 'string' does not support field selection\n | self.x == 1\n | ....^",
    );
  });
});
