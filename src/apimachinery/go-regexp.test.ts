import { describe, expect, it } from 'vitest';
import { compileGoRegexp } from './go-regexp.ts';

describe('compileGoRegexp', () => {
  it.each([
    ['^(?i)(abort|warn)?$', 'WARN', true],
    ['^(?i)(abort|warn)?$', 'x', false],
    ['a(?i)b', 'AB', false],
    ['a(?i)b', 'aB', true],
    ['(?i:a)b', 'AB', false],
    ['(?i)[a-c]+$', 'ABC', true],
    ['^[[:alpha:]_]+$', 'ab_', true],
    ['^[^[:space:]]+$', 'a b', false],
    ['^\\s$', '\u00a0', false],
    ['^\\S$', '\u00a0', true],
    ['^a{,2}$', 'a{,2}', true],
    ['^a{2}$', 'aa', true],
    ['^\\Qa.b\\E$', 'a.b', true],
    ['^\\Qa.b\\E$', 'axb', false],
    ['\\Aa\\z', 'a', true],
    ['(?m)^b$', 'a\nb\nc', true],
    ['^b$', 'a\nb\nc', false],
    ['^.$', '\r', true],
    ['(?s)^.$', '\n', true],
    ['^\\pL+$', 'é漢', true],
    ['^\\p{Greek}$', 'λ', true],
    ['^[\\pL-]+$', 'a-b', true],
    ['^(?P<year>\\d{4})-(?<day>\\d)$', '2020-1', true],
    ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', 'a-b', true],
    ['^[]a]+$', ']a', true],
    ['^[a\\]]+$', 'a]', true],
    ['^\\x{1F600}$', '😀', true],
    ['^[\\w.-]+/?$', 'a.b-c/', true],
  ])('%s on %j', (pattern, text, matches) => {
    expect(compileGoRegexp(pattern).test(text)).toBe(matches);
  });

  it.each([
    ['[', 'missing closing ]: `[`'],
    ['a[b', 'missing closing ]: `[b`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`'],
    ['(?<=a)', 'invalid or unsupported Perl syntax: `(?<`'],
    ['(a', 'missing closing ): `(a`'],
    ['a)', 'unexpected ): `a)`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a{3,2}', 'invalid repeat count: `{3,2}`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['\\y', 'invalid escape sequence: `\\y`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
    ['\\p{Foo}', 'invalid character class range: `\\p{Foo}`'],
    ['(?P<n!>a)', 'invalid named capture: `(?P<n!>`'],
    ['(?P<n>a)(?P<n>b)', 'duplicate capture group name: `n`'],
  ])('refuses %s', (pattern, message) => {
    expect(() => compileGoRegexp(pattern)).toThrow(`error parsing regexp: ${message}`);
  });
});
