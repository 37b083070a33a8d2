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
    ['"%.1e".format([1234.5678])', '1.234568×10⁰³'],
    ['["1", "1.5k", "1.50M", "1Gi", "10Ti"].all(q, quantity(q).isInteger())', true],
    ['["1.0", "0.5", "1.5Gi", "1Pi", "100Ti"].exists(q, quantity(q).isInteger())', false],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
    ['type(object.data.n) == int', true],
    ['string(2.5e10)', '2.5e+10'],
    ['"%s %s".format([1e20, [2.5]])', '1e+20 [2.500000]'],
    ['"😀" > "\uffff"', true],
    ['0.0 / 0.0 == 0.0 / 0.0', false],
    ['"abc".indexOf("a", 99)', -1],
    ['int(duration("1s"))', 1_000_000_000],
    ['{"a": 1, "a": 2}', { a: 2 }],
    ['google.protobuf.Timestamp{seconds: 5} == timestamp(5)', true],
    ['string(timestamp("2023-01-02T03:04:05+05:30") + duration("1h"))', '2023-01-02T04:04:05+05:30'],
    ['timestamp("2023-01-02T03:04:05+05:30").getHours()', 21],
    ['timestamp("2023-01-02T03:04:05.5-12:00") == timestamp("2023-01-02T15:04:05.5Z")', true],
    ['"%s".format([[timestamp("2023-01-02T03:04:05+05:30")]])', '[timestamp("2023-01-02T03:04:05+05:30")]'],
    ['google.protobuf.Int32Value{value: 5} + google.protobuf.Int64Value{}', 5],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it.each([
    ['object.data.missing == 1', 'no such key: missing'],
    ['object.list[9] == 1', 'index out of bounds: 9'],
    ['1 / (object.data.n - 3) == 1', 'division by zero'],
    ['google.protobuf.Int32Value{value: 2147483648} == 1', 'integer overflow'],
    ['object.data.a + 1 == 2', 'no such overload'],
    ['9223372036854775807 + object.data.n > 0', 'integer overflow'],
    ['dyn(5).size() == 1', 'no such overload: size'],
    ['dyn(object).data + dyn(1) == 1', 'no such overload: _+_'],
    ['dyn(5).all(x, true)', "got 'types.Int', expected iterable type"],
    ['isIP("a") || ip("1.2.3.04") == ip("1.2.3.4")', 'IPv4 field has octet with leading zero'],
    ['cidr("10.0.0.0/33").prefixLength() == 1', 'prefix length out of range'],
    ['"%f".format([dyn(1)]) == ""', 'fixed-point clause can only be used on doubles, was given int'],
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
    ['self && true', "1:1: expected type 'bool' but found 'string'"],
    ['numbers.filter(x, 1)', "'_?_:_' applied to '(int, list(int), list(int))'"],
    ['self.in', "no viable alternative at input '.in'"],
    ['"\\z"', `token recognition error at: '"\\z'`],
    ['[,].size() == 0', undefined],
    ['int{}', "'int' is not a message type"],
    ['((1', "mismatched input '<EOF>' expecting ')'"],
    ['"%s".format([1, 2])', 'too many arguments supplied to string.format (expected 1, got 2)'],
    ['"%s".format([quantity("1")])', 'was given kubernetes.Quantity'],
    ['[dyn(1), 2].size() == 1', "expected type 'dyn' but found 'int'"],
    ['matches(self, "(")', 'program instantiation failed: error parsing regexp'],
    ['int(dyn("x")) == 1', "program instantiation failed: type conversion error from 'string' to 'int'"],
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
