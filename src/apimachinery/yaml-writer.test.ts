import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeYaml } from './yaml-writer.ts';
import { parseYaml } from './yaml.ts';

// What sigs.k8s.io/yaml writes for the same value.
describe('writeYaml', () => {
  it.each([
    [{ a: 'one\ntwo\n', b: 'one\ntwo', c: 'one\n\n\n' }, 'a: |\n  one\n  two\nb: |-\n  one\n  two\nc: |+\n  one\n\n\n'],
    [{ d: '\nlead', e: '  indented\nless' }, 'd: |2-\n\n  lead\ne: |2-\n    indented\n  less\n'],
    [{ f: 'trailing \nspace', g: 'tab\t\nx', h: '' }, 'f: "trailing \\nspace"\ng: "tab\\t\\nx"\nh: ""\n'],
    [{ n: 'n', y: '1e3', z: '12:30' }, '"n": "n"\n"y": "1e3"\nz: "12:30"\n'],
    [{ a: '=', b: '<<', c: '{x', d: '😀', e: 'é 漢' }, 'a: =\nb: <<\nc: \'{x\'\nd: "\\U0001F600"\ne: é 漢\n'],
    [{ a: [1, [2, { b: 3 }]], c: [], d: {} }, 'a:\n- 1\n- - 2\n  - b: 3\nc: []\nd: {}\n'],
    [{ a10: 1, a9: 2, B: 3, '.': 4, 1: 5 }, '.: 4\n"1": 5\nB: 3\na9: 2\na10: 1\n'],
    [{ a: 1.5, b: 1234567.5, c: 1e21, d: true, e: null }, 'a: 1.5\nb: 1.2345675e+06\nc: 1e+21\nd: true\ne: null\n'],
    [{ a: '2024-01-01T00:00:00Z', b: '2024-13-01', c: '08' }, 'a: "2024-01-01T00:00:00Z"\nb: 2024-13-01\nc: "08"\n'],
    [{ a: 'word '.repeat(20) }, `a: '${'word '.repeat(16).trim()}\n  ${'word '.repeat(4)}'\n`],
    [{ [`k${'x'.repeat(130)}`]: 1 }, `? k${'x'.repeat(130)}\n: 1\n`],
    ['text', 'text\n'],
  ])('%j', (value, expected) => {
    expect(writeYaml(value)).toBe(expected);
  });

  it('is read back', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abc yn01:#-?!&*{}[],|>\'"%@`\n\t') });
    const values = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text)),
      {
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(parseYaml(writeYaml(value))).toEqual(value);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
