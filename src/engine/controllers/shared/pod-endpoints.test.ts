import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { findPort, isServiceIPSet, shouldPodBeInEndpoints, shouldSetHostname } from './pod-endpoints.ts';

const going = '2024-01-01T00:00:00Z';

interface Row {
  readonly name: string;
  readonly phase: 'Failed' | 'Succeeded' | 'Pending' | 'Running' | 'Unknown';
  readonly ips?: number;
  readonly going?: boolean;
  readonly withTerminating?: boolean;
  readonly expected: boolean;
}

// Upstream: endpointslice/util/controller_utils_test.go TestShouldPodBeInEndpoints (v1.36)
it.each<Row>([
  { name: 'Failed pod with Never RestartPolicy', phase: 'Failed', expected: false },
  { name: 'Succeeded pod with Never RestartPolicy', phase: 'Succeeded', expected: false },
  { name: 'Empty Pod IPs, Running pod with OnFailure RestartPolicy', phase: 'Running', ips: 0, expected: false },
  { name: 'Terminating Pod with includeTerminating=false', phase: 'Running', going: true, expected: false },
  { name: 'Pending pod with Never RestartPolicy', phase: 'Pending', expected: true },
  { name: 'Unknown pod with OnFailure RestartPolicy', phase: 'Unknown', expected: true },
  { name: 'Running pod with Never RestartPolicy', phase: 'Running', expected: true },
  { name: 'Multiple Pod IPs, Running pod with OnFailure RestartPolicy', phase: 'Running', ips: 2, expected: true },
  {
    name: 'Terminating Pod with includeTerminating=true',
    phase: 'Running',
    going: true,
    withTerminating: true,
    expected: true,
  },
])('shouldPodBeInEndpoints: $name', ({ phase, ips = 1, going: goes, withTerminating = false, expected }) => {
  const podIPs = Array.from({ length: ips }, (_, i) => ({ ip: `1.2.3.${i}` }));
  const pod: corev1.Pod = { metadata: goes ? { deletionTimestamp: going } : {}, status: { phase, podIPs } };
  expect(shouldPodBeInEndpoints(pod, withTerminating)).toBe(expected);
});

const port = (name: string, containerPort: number, protocol: 'TCP' | 'UDP' = 'TCP') => ({
  name,
  containerPort,
  protocol,
});
const container = (...ports: ReturnType<typeof port>[]): corev1.Container => ({ name: 'c', ports });
const servicePort = (targetPort: number | string): corev1.ServicePort => ({ port: 80, targetPort });
const sidecar = (restartPolicy: 'Always' | undefined, ...ports: ReturnType<typeof port>[]): corev1.Container => ({
  ...container(...ports),
  ...(restartPolicy ? { restartPolicy } : {}),
});

// Upstream: endpointslice/utils_test.go TestFindPort (v1.36)
it.each([
  { name: 'valid int, no ports', containers: [container()], target: 93, expected: 93 },
  { name: 'valid int, with ports', containers: [container(port('p', 22))], target: 93, expected: 93 },
  { name: 'valid str, no ports', containers: [container()], target: 'p', expected: undefined },
  {
    name: 'valid str, one ctr with ports',
    containers: [container(port('', 1), port('p', 2), port('q', 3))],
    target: 'q',
    expected: 3,
  },
  {
    name: 'valid str, two ctr with ports',
    containers: [container(port('', 1)), container(port('q', 3))],
    target: 'q',
    expected: 3,
  },
  {
    name: 'valid str, two ctr with same port',
    containers: [container(port('q', 2)), container(port('q', 3))],
    target: 'q',
    expected: 2,
  },
  {
    name: 'valid str, invalid protocol',
    containers: [container(port('a', 1, 'UDP'))],
    target: 'a',
    expected: undefined,
  },
  {
    name: 'Sidecar initContainer named port',
    containers: [],
    init: sidecar('Always', port('a', 80)),
    target: 'a',
    expected: 80,
  },
  {
    name: 'Invalid(restartPolicy != Always) initContainer named port',
    containers: [],
    init: sidecar(undefined, port('a', 80)),
    target: 'a',
    expected: undefined,
  },
  {
    name: 'App and sidecar containers have the same named port, first app container port will be used',
    containers: [container(port('a', 200))],
    init: sidecar('Always', port('a', 100)),
    target: 'a',
    expected: 200,
  },
])('findPort: $name', ({ containers, init, target, expected }) => {
  const pod: corev1.Pod = { metadata: {}, spec: { containers, ...(init ? { initContainers: [init] } : {}) } };
  expect(findPort(pod, servicePort(target))).toBe(expected);
});

// Upstream: TestShouldSetHostname
it.each([
  { name: 'all matches', hostname: 'web-0', subdomain: 'svc', expected: true },
  { name: 'no hostname', hostname: '', subdomain: 'svc', expected: false },
  { name: 'another subdomain', hostname: 'web-0', subdomain: 'other', expected: false },
])('shouldSetHostname: $name', ({ hostname, subdomain, expected }) => {
  const pod: corev1.Pod = { metadata: {}, spec: { containers: [], hostname, subdomain } };
  expect(shouldSetHostname(pod, { metadata: { name: 'svc' } })).toBe(expected);
});

it.each([
  ['10.96.0.1', true],
  ['None', false],
  ['', false],
])('isServiceIPSet: %s', (clusterIP, expected) => {
  expect(isServiceIPSet({ metadata: {}, spec: { clusterIP } })).toBe(expected);
});
