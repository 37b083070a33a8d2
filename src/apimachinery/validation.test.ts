import { describe, expect, it } from 'vitest';
import { newPath, toAggregate } from './field-error.ts';
import { formatIp, parseIp, parseIpSloppy } from './ip-address.ts';
import {
  getWarningsForCIDR,
  getWarningsForIP,
  isValidCIDR,
  isValidIP,
  isValidIPForLegacyField,
} from './ip-validation.ts';
import * as validation from './validation.ts';

// Cases of apimachinery/pkg/util/validation/validation_test.go.
describe('names', () => {
  it.each([
    [
      'isDNS1123Label',
      validation.isDNS1123Label,
      ['a', '1-a', 'a'.repeat(63)],
      ['', 'A', '-a', 'a-', 'a.b', 'a_b', 'a'.repeat(64)],
    ],
    [
      'isDNS1123Subdomain',
      validation.isDNS1123Subdomain,
      ['a', 'a.b', '1.2', 'a'.repeat(253)],
      ['', 'A', 'a..b', '.a', 'a.', 'a'.repeat(254)],
    ],
    ['isDNS1035Label', validation.isDNS1035Label, ['a', 'a-1'], ['', '1a', 'A', 'a-']],
    [
      'isQualifiedName',
      validation.isQualifiedName,
      ['a', 'A_b.c', 'x.io/a', '1/2'],
      ['', '/a', 'a/', 'a/b/c', 'A.io/b', '-a', 'a'.repeat(64)],
    ],
    ['isValidLabelValue', validation.isValidLabelValue, ['', 'a', 'A_1'], ['a b', '-a', 'a'.repeat(64)]],
    ['isValidPortName', validation.isValidPortName, ['http', '1a'], ['', '80', 'a--b', '-a', 'A', 'a'.repeat(16)]],
    ['isEnvVarName', validation.isEnvVarName, ['A', 'a.b-c', '_'], ['', '1a', '.', '..', '..a', 'a b']],
    ['isConfigMapKey', validation.isConfigMapKey, ['a', '.a', '1', 'A_b-c'], ['', '.', '..', '..a', 'a/b']],
    ['isValidPercent', validation.isValidPercent, ['0%', '100%'], ['', '%', '1', '-1%', '1.5%']],
    ['isWildcardDNS1123Subdomain', validation.isWildcardDNS1123Subdomain, ['*.a', '*.a.b'], ['*', 'a', '*.', '*.*.a']],
    ['isDecimalInteger', validation.isDecimalInteger, ['0', '-1', '10'], ['', '-', '01', '+1', '-0', '1.0']],
    ['isPathSegmentName', validation.isPathSegmentName, ['a', 'A:b', '.a'], ['.', '..', 'a/b', 'a%b']],
  ] as const)('%s', (_, check, good, bad) => {
    for (const value of good) expect([value, check(value)]).toEqual([value, []]);
    for (const value of bad) expect([value, check(value).length > 0]).toEqual([value, true]);
  });

  it('explain themselves', () => {
    expect(validation.isDNS1123Label('a.b')).toEqual(['must not contain dots']);
    expect(validation.isDNS1035Label('1')).toEqual([
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ]);
    expect(validation.isValidPortNum(0)).toEqual(['must be between 1 and 65535, inclusive']);
    expect(validation.nameIsDNSLabel('abc-', true)).toEqual([]);
  });
});

describe('addresses', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ])('%s prints as %s', (text, canonical) => {
    expect(formatIp(parseIp(text) ?? [])).toBe(canonical);
  });

  it.each(['', '1.2.3', '1.2.3.256', '1.2.3.4.5', ':::', '1:2:3:4:5:6:7:8:9', '12345::', '1::2::3', '01.2.3.4'])(
    '%j is none',
    (text) => {
      expect(parseIp(text)).toBeUndefined();
    },
  );

  it('may be sloppy where they always could', () => {
    expect(parseIpSloppy('01.2.3.4')).toEqual([1, 2, 3, 4]);
    expect(parseIpSloppy('::ffff:1.2.3.4')).toEqual([1, 2, 3, 4]);
    expect(isValidIPForLegacyField(undefined, '01.2.3.4', false)).toEqual([]);
  });

  it('are complained about', () => {
    const path = newPath('a');
    expect(toAggregate(isValidIP(path, 'x'))).toBe(
      'a: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    );
    expect(toAggregate(isValidIP(path, '2001:DB8::1'))).toContain('must be in canonical form ("2001:db8::1")');
    expect(toAggregate(isValidCIDR(path, '10.0.0.1/8'))).toContain('must not have bits set beyond the prefix length');
    expect(getWarningsForIP(path, '01.2.3.4')).toEqual([
      'a: non-standard IP address "01.2.3.4" is invalid: use "1.2.3.4"',
    ]);
    expect(getWarningsForCIDR(path, '10.0.0.1/8')).toEqual([
      'a: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
    ]);
  });
});
