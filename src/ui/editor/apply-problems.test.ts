import { expect, it } from 'vitest';
import { messagesOf, pathOf, problemsOf } from './apply-problems.ts';

const text = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replica: 3
  template:
    spec:
      containers:
        - name: a
          image: nginx
        - name: Bad_Name
          image: nginx
`;

it.each([
  {
    name: 'a field of the right object',
    stderr:
      'The Deployment "web" is invalid: spec.template.spec.containers[1].name: Invalid value: "Bad_Name": a lowercase RFC 1123 label',
    lines: [20],
  },
  {
    name: 'several fields',
    stderr:
      'The Deployment "web" is invalid: \n* spec.template.spec.containers[1].name: Invalid value: "Bad_Name": bad\n* spec.selector: Required value\n',
    lines: [20, 13],
  },
  {
    name: 'an unknown field',
    stderr:
      'Error from server (BadRequest): error when creating "x.yaml": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"',
    lines: [14],
  },
  {
    name: 'two unknown fields',
    stderr:
      'Error from server (BadRequest): error when creating "x.yaml": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica", unknown field "spec.template.x"',
    lines: [14, 15],
  },
  {
    name: 'a line of broken YAML',
    stderr: 'error: error parsing x.yaml: error converting YAML to JSON: yaml: line 7: did not find expected key',
    lines: [7],
  },
  { name: 'an error about nothing in particular', stderr: 'error: the server is gone', lines: [1] },
])('$name', ({ stderr, lines }) => {
  expect(problemsOf(text, stderr).map((problem) => problem.line)).toEqual(lines);
});

it('leaves warnings out', () => {
  expect(messagesOf('Warning: something is old\n')).toEqual([]);
});

it.each([
  [
    'spec.template.spec.containers[0].ports[1].name: Duplicate value: "x"',
    ['spec', 'template', 'spec', 'containers', 0, 'ports', 1, 'name'],
  ],
  ['metadata.labels[a/b]: bad', ['metadata', 'labels', 'a/b']],
  ['nothing here', undefined],
])('path of %s', (message, path) => {
  expect(pathOf(message)).toEqual(path);
});
