import { expect, it } from 'vitest';
import type * as corev1 from '../../../../api/core/v1.ts';
import { deepFreeze } from '../../../../apimachinery/deep-freeze.ts';
import type { Draft } from '../draft.ts';
import { setPodDefaults } from './pod-defaults.ts';

const pod = (hostNetwork: boolean): Draft<corev1.Pod> => ({
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }], hostNetwork },
});

it.each([
  [true, 80],
  [false, undefined],
])('hostNetwork %s gives its ports the host port %s', (hostNetwork, hostPort) => {
  const draft = pod(hostNetwork);
  setPodDefaults(draft);
  expect(draft.spec?.containers[0]?.ports?.[0]?.hostPort).toBe(hostPort);
});

// Upstream: pkg/apis/core/v1/defaults_test.go TestPodResourcesDefaults (v1.36)
it.each([
  {
    name: 'requests of the containers complete those of the pod',
    container: { requests: { cpu: '1', memory: '1Gi' } },
    pod: { requests: { cpu: '6' }, limits: { cpu: '6' } },
    expected: { requests: { cpu: '6', memory: '1Gi' }, limits: { cpu: '6' } },
  },
  {
    name: 'limits stand for requests that nobody states',
    container: {},
    pod: { limits: { cpu: '2' } },
    expected: { requests: { cpu: '2' }, limits: { cpu: '2' } },
  },
  {
    name: 'requests alone stay as they are',
    container: { requests: { cpu: '1' } },
    pod: { requests: { memory: '1Gi' } },
    expected: { requests: { memory: '1Gi' } },
  },
])('resources of the pod: $name, once and for all', ({ container, pod: stated, expected }) => {
  const draft: Draft<corev1.Pod> = {
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'i', resources: container }], resources: stated },
  };
  setPodDefaults(draft);
  expect(draft.spec?.resources).toEqual(expected);
  setPodDefaults(deepFreeze(draft));
  expect(draft.spec?.resources).toEqual(expected);
});
