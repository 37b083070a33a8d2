import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from './fields.ts';
import { formatLabelSelector, labelSelectorAsSelector, parseSelector, selectorFromSet } from './labels.ts';

// Cases of apimachinery/pkg/labels/selector_test.go and of what a real server answered.
describe('parseSelector', () => {
  it.each([
    ['', ''],
    ['a=b', 'a=b'],
    ['a==b', 'a==b'],
    ['b=1,a=2', 'a=2,b=1'],
    ['x in (foo,,baz),y,z notin ()', 'x in (,baz,foo),y,z notin ()'],
    ['x=', 'x='],
    ['x= ,z= ', 'x=,z='],
    ['!x', '!x'],
    ['in=1', 'in=1'],
    ['x in (in,notin)', 'x in (in,notin)'],
    ['x>1,y<2', 'x>1,y<2'],
    ['x not', "unable to parse requirement: found 'not', expected: in, notin, =, ==, !=, gt, lt"],
    ['x=a||y=b', 'unable to parse requirement: values[0][x]: Invalid value: "a||y": a valid label must be'],
    ['x=a=b', "found '=', expected: ',' or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['x in a', "unable to parse requirement: found 'a' expected: '('"],
    ['x in (a', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['x>a', "for 'Gt', 'Lt' operators, the value must be an integer"],
    ['-a', 'unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of'],
    ['!', "unable to parse requirement: found '', expected: identifier"],
  ])('%j', (text, expected) => {
    let actual: string;
    try {
      actual = parseSelector(text).toString();
    } catch (error) {
      actual = error instanceof Error ? error.message : '';
    }
    if (expected.includes(' expected: ') || expected.includes('Invalid') || expected.includes('for ')) {
      expect(actual).toContain(expected);
    } else expect(actual).toBe(expected);
  });

  it.each([
    ['x=y', { x: 'y' }, true],
    ['x=y,z=w', { x: 'y' }, false],
    ['x!=y', {}, true],
    ['x notin (y)', {}, true],
    ['x in (a,b)', { x: 'b' }, true],
    ['x', { x: '' }, true],
    ['!x', { x: '' }, false],
    ['x>1', { x: '2' }, true],
    ['x>1', { x: 'two' }, false],
    ['constructor', {}, false],
  ])('%s of %j: %s', (text, labels, expected) => {
    expect(parseSelector(text).matches(labels)).toBe(expected);
  });

  it('reads its own text back', () => {
    const name = fc.stringMatching(/^[a-z]([a-z.]{0,5}[a-z])?$/);
    fc.assert(
      fc.property(fc.dictionary(name, name), fc.dictionary(name, name), (wanted, labels) => {
        const selector = selectorFromSet(wanted);
        const again = parseSelector(selector.toString());
        expect(again.toString()).toBe(selector.toString());
        const expected = Object.entries(wanted).every(([key, value]) => labels[key] === value);
        expect(again.matches(labels)).toBe(expected);
        expect(again.matches({ ...labels, ...wanted })).toBe(true);
      }),
      { seed: 3 },
    );
  });
});

describe('labelSelectorAsSelector', () => {
  it('selects nothing when absent and everything when empty', () => {
    expect(labelSelectorAsSelector(undefined).matches({ a: 'b' })).toBe(false);
    expect(labelSelectorAsSelector({}).matches({ a: 'b' })).toBe(true);
  });

  it('prints as one text', () => {
    const selector = {
      matchLabels: { b: 'x', a: 'y' },
      matchExpressions: [{ key: 'c', operator: 'In', values: ['2', '1'] }],
    };
    expect(formatLabelSelector(selector)).toBe('a=y,b=x,c in (1,2)');
    expect(formatLabelSelector({})).toBe('<none>');
    expect(formatLabelSelector({ matchExpressions: [{ key: 'c', operator: 'Is' }] })).toBe('<error>');
  });
});

describe('parseFieldSelector', () => {
  it.each([
    ['metadata.name=a', 'metadata.name=a'],
    ['b!=1,a==2', 'a=2,b!=1'],
    ['a=\\,\\=\\\\', 'a=\\,\\=\\\\'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(parseFieldSelector(text).toString()).toBe(expected);
  });

  it.each([
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\b', 'invalid field selector: invalid escape sequence: \\b'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(message);
  });
});
