import { expect, it } from 'vitest';
import { deciders } from './agnhost-admission.ts';

const unwanted = { data: { 'webhook-e2e-test': 'webhook-disallow' } };
const kept = { data: { 'webhook-e2e-test': 'webhook-nondeletable' } };
const pod = (labels: object, name = 'c') => ({ metadata: { labels }, spec: { containers: [{ name }] } });

it.each([
  { path: '/configmaps', request: { operation: 'UPDATE', object: unwanted }, allowed: false },
  { path: '/configmaps', request: { operation: 'DELETE', oldObject: unwanted }, allowed: true },
  { path: '/configmaps', request: { operation: 'DELETE', oldObject: kept }, allowed: false },
  { path: '/custom-resource', request: { operation: 'CREATE', object: kept }, allowed: true },
  { path: '/pods', request: { object: pod({ 'webhook-e2e-test': 'webhook-disallow' }) }, allowed: false },
  { path: '/pods', request: { object: pod({}, 'a-webhook-disallow') }, allowed: false },
  { path: '/mutating-pods-sidecar', request: { object: pod({}) }, allowed: false },
  { path: '/pods/attach', request: { name: 'to-be-attached-pod', object: { stdin: true } }, allowed: true },
])('$path judges $request', ({ path, request, allowed }) => {
  expect(deciders.get(path)?.(request, { sidecarImage: '' }).allowed).toBe(allowed);
});

it('mutates one stage at a time', () => {
  const stageAfter = (data: object) =>
    deciders.get('/mutating-configmaps')?.({ object: { data } }, { sidecarImage: '' });
  const stage = (n: number) => ({
    allowed: true,
    patch: [{ op: 'add', path: `/data/mutation-stage-${n}`, value: 'yes' }],
  });
  expect(stageAfter({ 'mutation-start': 'yes' })).toEqual(stage(1));
  expect(stageAfter({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes' })).toEqual(stage(2));
  expect(stageAfter({})).toEqual({ allowed: true });
});

it('never answers about a pod that asks it to wait', () => {
  expect(
    deciders.get('/pods')?.({ object: pod({ 'webhook-e2e-test': 'wait-forever' }) }, { sidecarImage: '' }),
  ).toEqual({
    allowed: false,
    delayMs: Infinity,
  });
});
