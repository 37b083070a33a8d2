import { describe, expect, it } from 'vitest';
import { YamlError } from './yaml-reader.ts';
import { duplicateYamlKeys, parseYaml, splitYamlDocuments } from './yaml.ts';

// What sigs.k8s.io/yaml answers to the same text.
describe('parseYaml', () => {
  it.each([
    ['a: yes\ny: no', { a: true, true: false }],
    ['a: 0777\nb: 0o17\nc: 0b11\nd: 1_000\ne: 1e3', { a: 511, b: 15, c: 3, d: 1000, e: 1000 }],
    ['a: 12:30:45\nb: 2024-01-01', { a: '12:30:45', b: '2024-01-01' }],
    ['a: ~\nb: null\nc:', { a: null, b: null, c: null }],
    ['base: &b {a: x}\nd:\n  <<: *b\n  c: d', { base: { a: 'x' }, d: { a: 'x', c: 'd' } }],
    ['a: 1\na: 2', { a: 2 }],
    ['a: b\n---\nc: d', { a: 'b' }],
    ['', null],
    ['# only', null],
    ['a: |\n  x\n  y\nb: >\n  x\n  y\n', { a: 'x\ny\n', b: 'x y\n' }],
  ])('%j', (text, expected) => {
    expect(parseYaml(text)).toEqual(expected);
  });

  it.each([
    ['a: b: c', 'yaml: mapping values are not allowed in this context'],
    ['a: 1\n b: 2', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a:\n\t- b', 'yaml: line 2: found character that cannot start any token'],
    ['a: [1\nb: 2', "yaml: line 1: did not find expected ',' or ']'"],
    ['a: *nope', "yaml: unknown anchor 'nope' referenced"],
    ['a: "x', 'yaml: found unexpected end of stream'],
    ['a:\n  b: 1\n c: 2', 'yaml: line 2: did not find expected key'],
    ['%YAML 1.2\n---\na: b', 'yaml: found incompatible YAML document'],
  ])('%j is refused', (text, message) => {
    expect(() => parseYaml(text)).toThrow(new YamlError(message));
  });
});

describe('streams', () => {
  it('are split at dashes', () => {
    expect(splitYamlDocuments('---\na: b\n--- # two\nc: d\n---\n')).toEqual(['a: b\n', 'c: d\n']);
    expect(() => splitYamlDocuments('a: b\n--- x\n')).toThrow('invalid Yaml document separator: x');
  });

  it('may set keys twice, which is told', () => {
    expect(duplicateYamlKeys('a: 1\nb:\n  c: 1\n  c: 2\na: 2\n')).toEqual([
      'line 4: key "c" already set in map',
      'line 5: key "a" already set in map',
    ]);
  });
});
