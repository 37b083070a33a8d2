import { describe, expect, it } from 'vitest';
import { JsonPath } from './jsonpath.ts';

const data = {
  kind: 'List',
  items: [
    { metadata: { name: 'a', labels: { 'app.io/name': 'x' } }, spec: { n: 1, ports: [{ port: 80 }, { port: 443 }] } },
    { metadata: { name: 'b' }, spec: { n: 2, f: 1.5, ports: [], text: '<&>' } },
  ],
};

// What client-go's jsonpath answers to the same templates.
describe('JsonPath', () => {
  it.each([
    ['hello {.kind}', 'hello List'],
    ['{.items[*].metadata.name}', 'a b'],
    ['{.items[-1].metadata.name}', 'b'],
    ['{.items[0].metadata.labels.app\\.io/name}', 'x'],
    ["{.items[0].metadata['name','labels']}", 'a {"app.io/name":"x"}'],
    ['{range .items[*]}{.metadata.name}{"\\t"}{range .spec.ports[*]}{.port},{end}{"\\n"}{end}!', 'a\t80,443,\nb\t\n!'],
    ['{.items[?(@.spec.n>1)].metadata.name}', 'b'],
    ["{.items[?(@.metadata.name!='b')].spec.n}", '1'],
    ['{.items[?(@.spec.f)].spec.f}', '1.5'],
    ['{..port}', '80 443'],
    ['{.items[1].spec}', '{"f":1.5,"n":2,"ports":[],"text":"\\u003c\\u0026\\u003e"}'],
    ['{.items[0].spec.ports[0:1].port}', '80'],
    ['{.items[1].spec.ports}', '[]'],
  ])('%s', (template, expected) => {
    expect(new JsonPath(template, { allowMissingKeys: true }).execute(data)).toBe(expected);
  });

  it.each([
    ['{.missing}', 'missing is not found'],
    ['{.items[5]}', 'array index out of bounds: index 5, length 2'],
    ['{.kind', 'unclosed action'],
    ['{.kind[0]}', 'string is not array or slice'],
    ['{=}', "unrecognized character in action: U+003D '='"],
    ['{.items[a]}', 'invalid array index a'],
    ['{end}', 'not in range, nothing to end'],
    ['{.items[?(@.spec.n>"1")]}', 'incompatible types for comparison'],
    ['{.items[?(@.spec.n=1)]}', 'unrecognized filter operator ='],
    ['{"x}', 'unterminated quoted string'],
  ])('%s is refused', (template, message) => {
    expect(() => new JsonPath(template).execute(data)).toThrow(message);
  });

  it('may go on without a field, and print JSON', () => {
    expect(new JsonPath('{.missing}', { allowMissingKeys: true }).execute(data)).toBe('');
    expect(new JsonPath('{.items[*].spec.n}').executeAsJson(data)).toBe('[\n    1,\n    2\n]\n');
  });
});
