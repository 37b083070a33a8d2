import { expect, test } from 'vitest';
import { GoTemplate } from './go-template.ts';

const data = { name: 'x', n: 3, on: true, empty: '', list: ['a', 'b'], map: { k: 'v', z: 1 }, nothing: null };

test.each([
  ['text {{.name}}!', 'text x!'],
  ['{{ .map.k }}', 'v'],
  ['{{range .list}}[{{.}}]{{end}}', '[a][b]'],
  ['{{range $i, $e := .list}}{{$i}}={{$e}};{{end}}', '0=a;1=b;'],
  ['{{range $k, $v := .map}}{{$k}}={{$v}};{{end}}', 'k=v;z=1;'],
  ['{{range .empty2}}x{{else}}none{{end}}', 'none'],
  ['{{if .on}}yes{{else}}no{{end}}', 'yes'],
  ['{{if .empty}}yes{{else if .on}}other{{end}}', 'other'],
  ['{{with .map}}{{.k}}{{end}}', 'v'],
  ['{{.missing}}', '<no value>'],
  ['{{len .list}} {{index .list 1}} {{index .map "k"}}', '2 b v'],
  ['{{printf "%s-%d" .name 4}}', 'x-4'],
  ['{{.name | printf "%q"}}', '"x"'],
  ['{{if and .on (eq .name "x")}}both{{end}}', 'both'],
  ['{{not .on}} {{or .empty .name}}', 'false x'],
  ['a {{- " b " -}} c', 'a b c'],
  ['{{/* nothing */}}x', 'x'],
  ['{{define "t"}}<{{.}}>{{end}}{{template "t" .name}}', '<x>'],
  ['{{$x := .name}}{{$x}}', 'x'],
])('%s', (source, expected) => {
  const { text, error } = GoTemplate.parse('output', source).execute(data);
  expect(error).toBeUndefined();
  expect(text).toBe(expected);
});

test('what was printed before an error stays', () => {
  const { text, error } = GoTemplate.parse('output', 'a{{index .list 9}}').execute(data);
  expect(text).toBe('a');
  expect(error).toContain('error calling index');
});

test.each([
  ['{{', 'unclosed action'],
  ['{{if .x}}', 'unexpected EOF'],
  ['{{nope .x}}', 'function "nope" not defined'],
])('refuses %s', (source, message) => {
  expect(() => GoTemplate.parse('output', source)).toThrow(message);
});
