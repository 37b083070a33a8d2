import { expect, it } from 'vitest';
import { ProtobufBodies } from './protobuf-body.ts';

const protobuf = 'application/vnd.kubernetes.protobuf';

it.each([
  { accept: protobuf, passed: 'application/json' },
  { accept: `${protobuf};stream=watch`, passed: 'application/json' },
  { accept: `${protobuf},application/json`, passed: `${protobuf},application/json` },
  { accept: `${protobuf};as=Table;v=v1;g=meta.k8s.io`, passed: `${protobuf};as=Table;v=v1;g=meta.k8s.io` },
  { accept: 'text/plain', passed: 'text/plain' },
])('who accepts $accept is served as who accepts $passed', ({ accept, passed }) => {
  const request = { method: 'GET', path: '/api/v1/pods', headers: { accept } };
  expect(new ProtobufBodies().translate(request).headers['accept']).toBe(passed);
});

it('reads bodies, and passes on what it cannot read', () => {
  // TypeMeta {v1, Node}, and a Node whose metadata has a name.
  const body = Buffer.from(`6b387300${'0a0a0a02763112044e6f6465'}${'12080a060a046e6f6465'}`, 'hex');
  const post = { method: 'POST', path: '/api/v1/nodes', headers: { 'content-type': protobuf } };
  const translated = new ProtobufBodies().translate({ ...post, body: new Uint8Array(body) });
  expect([translated.headers['content-type'], translated.body]).toEqual([
    'application/json',
    '{"apiVersion":"v1","kind":"Node","metadata":{"name":"node"}}',
  ]);
  const broken = { ...post, body: Uint8Array.of(1, 2, 3) };
  expect(new ProtobufBodies().translate(broken)).toEqual(broken);
});
