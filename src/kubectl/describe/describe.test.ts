import { describe, expect, test } from 'vitest';
import { containerResourceValue, describeProbe } from './containers.ts';
import { printAnnotationsMultiline, rfc1123z, taintText } from './describe-parts.ts';
import { DescribeWriter } from './describe-writer.ts';
import { smartLabelFor } from './generic.ts';
import { breakdownRule, combineResourceGroup, compactRules } from './rbac.ts';
import { formatEndpointSlices } from './service.ts';

test.each([
  ['apiVersion', 'API Version'],
  ['metadata', 'Metadata'],
  ['uid', 'UID'],
  ['podCIDRs', 'Pod CIDRs'],
  ['creationTimestamp', 'Creation Timestamp'],
  ['resourceURL', 'Resource URL'],
  ['f:data', 'f:data'],
])('the label of %s is %s', (field, label) => {
  expect(smartLabelFor(field)).toBe(label);
});

test('times are in the form of mails', () => {
  expect(rfc1123z('2026-01-02T03:04:05Z')).toBe('Fri, 02 Jan 2026 03:04:05 +0000');
  expect(rfc1123z(undefined)).toBe('Mon, 01 Jan 0001 00:00:00 +0000');
});

test.each([
  [{ key: 'a', effect: 'NoSchedule' as const }, 'a:NoSchedule'],
  [{ key: 'a', value: 'b', effect: 'NoExecute' as const }, 'a=b:NoExecute'],
])('a taint reads %s', (taint, text) => {
  expect(taintText(taint)).toBe(text);
});

test('long annotations and those with several lines stand below their key', () => {
  const writer = new DescribeWriter();
  printAnnotationsMultiline(writer, 'Annotations', { b: 'one\ntwo', a: 'short', c: 'x'.repeat(200) });
  expect(writer.text().split('\n').slice(0, 4)).toEqual([
    'Annotations:  a: short',
    '              b:',
    '                one',
    '                two',
  ]);
});

describe('probes', () => {
  const numbers = 'delay=0s timeout=1s period=10s #success=1 #failure=3';
  const common = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  test.each([
    [{ exec: { command: ['a', 'b'] } }, `exec [a b] ${numbers}`],
    [{ httpGet: { path: '/x', port: 80, scheme: 'HTTP' as const } }, `http-get http://:80/x ${numbers}`],
    [{ tcpSocket: { port: 'web' } }, `tcp-socket :web ${numbers}`],
    [{ grpc: { port: 5, service: 's' } }, `grpc <pod>:5 s ${numbers}`],
  ])('%j', (handler, text) => {
    expect(describeProbe({ ...handler, ...common })).toBe(text);
  });
});

test.each([
  ['limits.cpu', undefined, '2'],
  ['requests.memory', '1Mi', '64'],
  ['requests.cpu', '1m', '1500'],
  ['nope', undefined, undefined],
])('the resource %s by %s is %s', (resource, divisor, value) => {
  const container = {
    name: 'c',
    resources: { limits: { cpu: '1500m' }, requests: { cpu: '1500m', memory: '64Mi' } },
  };
  expect(containerResourceValue({ resource, ...(divisor === undefined ? {} : { divisor }) }, container)).toBe(value);
});

test('rules are taken apart and joined by resource', () => {
  const rules = [
    { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['watch'] },
  ];
  expect(compactRules(rules.flatMap(breakdownRule))).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get', 'list'] },
  ]);
  expect(combineResourceGroup(['deployments/scale'], ['apps'])).toBe('deployments.apps/scale');
});

test('no more than three endpoints are shown', () => {
  const endpoints = ['1', '2', '3', '4'].map((end) => ({ addresses: [`10.0.0.${end}`] }));
  const slice = { addressType: 'IPv4' as const, metadata: {}, endpoints, ports: [{ name: 'web', port: 80 }] };
  expect(formatEndpointSlices([slice], 'web')).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
  expect(formatEndpointSlices([], 'web')).toBe('<none>');
});
