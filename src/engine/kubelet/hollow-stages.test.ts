import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import { nextPodStage, nodeInitializePatch, podCompletePatch, podReadyPatch } from './hollow-stages.ts';
import { IpPool } from './ip-pool.ts';

const now = '2026-01-01T00:00:00Z';

const pod = (status: corev1.PodStatus, metadata: corev1.Pod['metadata'] = {}): corev1.Pod => ({
  metadata,
  spec: {
    containers: [{ name: 'app', image: 'nginx' }],
    initContainers: [
      { name: 'init', image: 'busybox' },
      { name: 'side', image: 'envoy', restartPolicy: 'Always' },
    ],
    readinessGates: [{ conditionType: 'example.com/gate' }],
  },
  status,
});

const ofJob = { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'u' }] };

describe('nextPodStage', () => {
  it.each([
    ['pod-ready', pod({ phase: 'Pending' })],
    [undefined, pod({ phase: 'Running' })],
    ['pod-complete', pod({ phase: 'Running' }, ofJob)],
    [undefined, pod({ phase: 'Succeeded' }, ofJob)],
    ['pod-delete', pod({ phase: 'Running' }, { deletionTimestamp: now })],
    [undefined, pod({ phase: 'Pending', conditions: [{ type: 'Ready', status: 'True' }] })],
  ])('%s', (stage, object) => {
    expect(nextPodStage(object)).toBe(stage);
  });
});

describe('patches', () => {
  it('make a pod ready', () => {
    const { status } = podReadyPatch(pod({}), { now, podIPs: ['10.0.0.2'], hostIPs: [] });
    expect(status.conditions?.map(({ type }) => type)).toEqual([
      'Initialized',
      'Ready',
      'ContainersReady',
      'example.com/gate',
    ]);
    expect(status).toMatchObject({ phase: 'Running', podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }], startTime: now });
    expect(status.hostIP).toBeUndefined();
    expect(status.initContainerStatuses).toMatchObject([
      { name: 'init', ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
      { name: 'side', ready: true, started: true, state: { running: { startedAt: now } } },
    ]);
  });

  it('complete a pod', () => {
    expect(podCompletePatch(pod({}), now).status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ name: 'app', ready: false, started: false, state: { terminated: { exitCode: 0 } } }],
    });
  });

  it('initialize a node, keeping what it says of itself', () => {
    const { status } = nodeInitializePatch({ metadata: { name: 'n' }, status: { capacity: { cpu: '4' } } }, now);
    expect(status.capacity).toEqual({ cpu: '4' });
    expect(status.allocatable).toEqual({ cpu: '1k', memory: '1Ti', pods: '1M' });
    expect(status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'True',
      reason: 'KubeletReady',
    });
  });
});

describe('IpPool', () => {
  it('hands out addresses once, and again when they are given back', () => {
    const pool = new IpPool('10.244.1.0/24');
    pool.mark('10.244.1.2');
    expect([pool.get(), pool.get()]).toEqual(['10.244.1.1', '10.244.1.3']);
    pool.release('10.244.1.1');
    expect([pool.get(), pool.get()]).toEqual(['10.244.1.1', '10.244.1.4']);
  });
});
