import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalQuantity, newMilliQuantity, newQuantity, parseQuantity } from './quantity.ts';

// Cases of apimachinery/pkg/api/resource/quantity_test.go and of what a real server answered.
describe('canonical text', () => {
  it.each([
    ['0', '0'],
    ['0n', '0'],
    ['0Ki', '0'],
    ['1', '1'],
    ['1Ki', '1Ki'],
    ['8Ki', '8Ki'],
    ['1025Mi', '1025Mi'],
    ['1024Mi', '1Gi'],
    ['0.5Gi', '512Mi'],
    ['0.1m', '100u'],
    ['5.', '5.'],
    ['1e-3', '1e-3'],
    ['129e6', '129e6'],
    ['1e10', '10e9'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['100000', '100k'],
    ['1000k', '1M'],
    ['1.5Gi', '1536Mi'],
    ['0.3Mi', '314572800m'],
    ['.001Mi', '1048576m'],
    ['1.1Ki', '1126400m'],
    ['0.000000001', '1n'],
    ['0.0000000001', '1n'],
    ['16Ei', '9223372036854775807'],
    ['-1', '-1'],
    ['+1', '+1'],
    ['-0.5Gi', '-512Mi'],
    ['100Ki', '100Ki'],
    ['1000Ki', '1000Ki'],
    ['2048', '2048'],
    ['12E', '12E'],
    ['1e3', '1e3'],
    ['1E3', '1E3'],
    ['1E', '1E'],
    ['0.5Ki', '512'],
    ['0.0001Ki', '102400u'],
    [1.5, '1500m'],
    [2, '2'],
  ])('%s is %s', (typed, canonical) => {
    expect(canonicalQuantity(typed)).toBe(canonical);
  });

  it.each([
    ['', 'quantities must match the regular expression'],
    ['abc', 'quantities must match the regular expression'],
    ['1.1.1', 'quantities must match the regular expression'],
    ['1 Gi', 'quantities must match the regular expression'],
    ['1Kii', "unable to parse quantity's suffix"],
    ['1mi', "unable to parse quantity's suffix"],
    ['1e', "unable to parse quantity's suffix"],
  ])('%j is refused', (typed, message) => {
    expect(() => parseQuantity(typed)).toThrow(message);
  });
});

describe('arithmetic', () => {
  it.each([
    ['1', '1m', '1001m', '999m'],
    ['1Gi', '1Mi', '1025Mi', '1023Mi'],
    ['100m', '100m', '200m', '0'],
    ['0', '1Gi', '1Gi', '-1Gi'],
    ['1Gi', '1G', '2073741824', '73741824'],
  ])('%s and %s', (a, b, sum, difference) => {
    expect(parseQuantity(a).add(parseQuantity(b)).toString()).toBe(sum);
    expect(parseQuantity(a).sub(parseQuantity(b)).toString()).toBe(difference);
  });

  it('rounds values up', () => {
    expect(parseQuantity('1m').value()).toBe(1);
    expect(parseQuantity('1500m').value()).toBe(2);
    expect(parseQuantity('1u').milliValue()).toBe(1);
    expect(parseQuantity('2').milliValue()).toBe(2000);
    expect(parseQuantity('1Gi').value()).toBe(1073741824);
  });

  it('compares across suffixes', () => {
    expect(parseQuantity('1Gi').cmp(parseQuantity('1G'))).toBe(1);
    expect(parseQuantity('1000m').equals(parseQuantity('1'))).toBe(true);
    expect(newMilliQuantity(250, 'DecimalSI').toString()).toBe('250m');
  });
});

describe('properties', () => {
  const quantities = fc
    .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom('', 'm', 'u', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3', 'e-2'))
    .map(([number, suffix]) => `${number}${suffix}`);

  it('keep the value when printed and read again, and the text settles', () => {
    fc.assert(
      fc.property(quantities, (typed) => {
        const read = parseQuantity(typed);
        const canonical = newQuantity(0, read.format).add(read).toString();
        expect(parseQuantity(canonical).equals(read)).toBe(true);
        expect(newQuantity(0, 'DecimalSI').add(parseQuantity(canonical)).toString()).toBe(canonical);
      }),
      { seed: 7 },
    );
  });

  it('add and subtract are inverse, and order is that of differences', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        const x = parseQuantity(a);
        const y = parseQuantity(b);
        expect(x.add(y).sub(y).equals(x)).toBe(true);
        expect(x.cmp(y)).toBe(x.sub(y).sign);
      }),
      { seed: 7 },
    );
  });
});
