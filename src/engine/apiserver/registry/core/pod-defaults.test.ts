import { expect, it } from 'vitest';
import type * as corev1 from '../../../../api/core/v1.ts';
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
