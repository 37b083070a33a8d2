import { expect, it } from 'vitest';
import { podLimits, podRequests, type PodResourcesOptions } from './pod-resources.ts';
import { formatResourceList } from './resource-list.ts';
import type * as corev1 from './v1.ts';

const of = (name: string, cpu: string): corev1.Container => ({ name, resources: { requests: { cpu } } });
const sidecar = (name: string, cpu: string): corev1.Container => ({ ...of(name, cpu), restartPolicy: 'Always' });
const allocated = (cpu: string, actuated: string): corev1.PodStatus => ({
  containerStatuses: [
    {
      name: 'a',
      allocatedResources: { cpu },
      resources: { requests: { cpu: actuated } },
      ready: true,
      restartCount: 0,
      image: '',
      imageID: '',
    },
  ],
});
const infeasible = { type: 'PodResizePending', status: 'True', reason: 'Infeasible' } as const;

// Upstream: component-helpers/resource/helpers_test.go TestPodRequestsAndLimits has the same sorts of pods.
type Case = readonly [
  name: string,
  spec: corev1.PodSpec,
  cpu: string,
  status?: corev1.PodStatus,
  options?: PodResourcesOptions,
];
const cases: readonly Case[] = [
  ['containers add up', { containers: [of('a', '100m'), of('b', '1')] }, '1100m'],
  ['init containers by their moment', { containers: [of('a', '100m')], initContainers: [of('i', '500m')] }, '500m'],
  [
    'sidecars count beside containers, and beside later init containers',
    { containers: [of('a', '100m')], initContainers: [sidecar('s', '50m'), of('i', '500m')] },
    '550m',
  ],
  [
    'sidecars after an init container are not there yet',
    { containers: [of('a', '100m')], initContainers: [of('i', '500m'), sidecar('s', '50m')] },
    '500m',
  ],
  ['the pod as a whole', { containers: [of('a', '100m')], resources: { requests: { cpu: '2' } } }, '2'],
  ['overhead', { containers: [of('a', '100m')], overhead: { cpu: '10m' } }, '110m'],
  ['no overhead', { containers: [of('a', '1')], overhead: { cpu: '1' } }, '1', {}, { excludeOverhead: true }],
  ['the spec, when nobody asks for the status', { containers: [of('a', '100m')] }, '100m', allocated('300m', '200m')],
  ['the status', { containers: [of('a', '100m')] }, '300m', allocated('300m', '200m'), { useStatus: true }],
  ['the spec beyond the status', { containers: [of('a', '1')] }, '1', allocated('300m', '200m'), { useStatus: true }],
  [
    'a resize that cannot be',
    { containers: [of('a', '1')] },
    '300m',
    { ...allocated('300m', '200m'), conditions: [infeasible] },
    { useStatus: true },
  ],
];

it.each(cases.map((one) => ({ name: one[0], one })))('$name', ({ one: [, spec, cpu, status = {}, options = {}] }) => {
  expect(podRequests({ metadata: {}, spec, status }, options).get('cpu')?.toString()).toBe(cpu);
});

it('adds overhead to limits that there are', () => {
  const resources = { limits: { cpu: '1', memory: '0' } };
  const spec = { containers: [{ name: 'a', resources }], overhead: { cpu: '100m', memory: '1Mi', other: '1' } };
  expect(formatResourceList(podLimits({ metadata: {}, spec }))).toEqual({ cpu: '1100m', memory: '0' });
});
