import { afterEach, describe, expect, it } from 'vitest';
import type * as appsv1 from '../../../src/api/apps/v1.ts';
import type * as corev1 from '../../../src/api/core/v1.ts';
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '../../../src/api/resources.ts';
import { InformerFactory } from '../../../src/client/informer.ts';
import { garbageCollector } from '../../../src/engine/controllers/garbagecollector/garbage-collector.ts';
import { pvcProtectionController } from '../../../src/engine/controllers/pvcprotection/pvc-protection-controller.ts';
import { serviceAccountsController } from '../../../src/engine/controllers/serviceaccount/service-accounts-controller.ts';
import { statefulSetController } from '../../../src/engine/controllers/statefulset/stateful-set-controller.ts';
import { isReady } from '../support.ts';
import { ControlPlane, template } from './control-plane.ts';

const only = [garbageCollector, pvcProtectionController, serviceAccountsController, statefulSetController];

let plane: ControlPlane;
let stop = () => {};
/** What came and went, in order. */
let log: string[] = [];

/** One node, and a set that has come up. */
function start(replicas: number, spec: Partial<appsv1.StatefulSetSpec> = {}): ControlPlane {
  plane = new ControlPlane({ nodes: 1, only });
  const informers = new InformerFactory(plane.client, plane.sim);
  log = [];
  informers.informer(pods).addEventHandler({
    add: (pod) => void log.push(`+${ordinalOf(pod)}`),
    delete: (pod) => void log.push(`-${ordinalOf(pod)}`),
  });
  informers.start();
  stop = () => {
    informers.stop();
    plane.stop();
  };
  plane.create(statefulSets, {
    metadata: { name: 'foo', namespace: 'default' },
    spec: {
      replicas,
      serviceName: 'foo',
      selector: { matchLabels: { app: 'foo' } },
      template: template({ app: 'foo' }),
      ...spec,
    },
  });
  plane.advance(20_000);
  return plane;
}
afterEach(() => {
  expect(plane.problems).toEqual([]);
  stop();
});

const ordinalOf = (pod: corev1.Pod) => Number(pod.metadata.name?.split('-').at(-1));
const scale = (replicas: number) => plane.patch(statefulSets, 'foo', { spec: { replicas } });
const setImage = (image: string) =>
  plane.patch(statefulSets, 'foo', { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } });
const images = () => plane.list(pods).map((pod) => pod.spec?.containers[0]?.image);
const status = () => plane.get(statefulSets, 'foo').status;
/** Steps until the log stays as it is. */
const settle = () => plane.advance(30_000);
const since = (action: () => void): string[] => {
  const before = log.length;
  action();
  settle();
  return log.slice(before);
};
const burst = { podManagementPolicy: 'Parallel' } as const;

// Upstream: pkg/controller/statefulset/stateful_set_control_test.go TestStatefulSetControl (v1.36)
describe.each([
  { how: 'Monotonic', spec: {} },
  { how: 'Burst', spec: burst },
])('$how', ({ how, spec }) => {
  it('CreatePods, ScalesUp', () => {
    start(3, spec);
    expect(log).toEqual(['+0', '+1', '+2']);
    expect(status()).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3 });
    expect(since(() => scale(4))).toEqual(['+3']);
  });

  it('ScalesDown', () => {
    start(3, spec);
    expect(since(() => scale(0))).toEqual(['-2', '-1', '-0']);
    expect(status()).toMatchObject({ replicas: 0, availableReplicas: 0 });
  });

  it('ReplacesPods', () => {
    start(5, spec);
    const gone = since(() => [0, 2, 4].forEach((ordinal) => plane.delete(pods, `foo-${ordinal}`)));
    expect(gone.filter((event) => event.startsWith('+')).sort()).toEqual(['+0', '+2', '+4']);
    expect(plane.list(pods).every(isReady)).toBe(true);
  });

  it.each(['Failed', 'Succeeded'])('RecreatesFailedPod, RecreatesSucceededPod: %s', (phase) => {
    start(3, spec);
    const before = plane.get(pods, 'foo-0').metadata.uid;
    expect(since(() => plane.patch(pods, 'foo-0', { status: { phase } }, 'status'))).toEqual(['-0', '+0']);
    expect(plane.get(pods, 'foo-0').metadata.uid).not.toBe(before);
  });

  // Upstream: TestStatefulSetControlRollingUpdate
  it('image update', () => {
    start(3, spec);
    expect(since(() => setImage('foo'))).toEqual(['-2', '+2', '-1', '+1', '-0', '+0']);
    expect(images()).toEqual(['foo', 'foo', 'foo']);
    expect(status()?.currentRevision).toBe(status()?.updateRevision);
  });

  it('image update and scale up', () => {
    start(3, spec);
    const both = { spec: { replicas: 5, template: { spec: { containers: [{ name: 'app', image: 'foo' }] } } } };
    const events = since(() => plane.patch(statefulSets, 'foo', both));
    expect(events.slice(0, 2)).toEqual(['+3', '+4']);
    expect(images()).toEqual(['foo', 'foo', 'foo', 'foo', 'foo']);
  });

  it('image update and scale down', () => {
    start(5, spec);
    const both = { spec: { replicas: 3, template: { spec: { containers: [{ name: 'app', image: 'foo' }] } } } };
    const events = since(() => plane.patch(statefulSets, 'foo', both));
    if (how === 'Monotonic') expect(events.slice(0, 2)).toEqual(['-4', '-3']);
    expect(images()).toEqual(['foo', 'foo', 'foo']);
  });

  // Upstream: TestStatefulSetControlRollingUpdateWithPartition
  it('update with a partition', () => {
    start(3, { ...spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    expect(since(() => setImage('foo'))).toEqual(['-2', '+2']);
    expect(images()).toEqual(['app:1', 'app:1', 'foo']);
    expect(since(() => plane.delete(pods, 'foo-0'))).toEqual(['-0', '+0']);
    expect(images()).toEqual(['app:1', 'app:1', 'foo']);
    expect(status()).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
  });

  // Upstream: TestStatefulSetControlOnDeleteUpdate
  it('OnDelete', () => {
    start(3, { ...spec, updateStrategy: { type: 'OnDelete' } });
    expect(since(() => setImage('foo'))).toEqual([]);
    expect(since(() => plane.delete(pods, 'foo-1'))).toEqual(['-1', '+1']);
    expect(images()).toEqual(['app:1', 'foo', 'app:1']);
  });

  // Upstream: TestStatefulSetControlRollback, TestStatefulSetControl_getSetRevisions
  it('rollback takes the former revision again', () => {
    start(2, spec);
    const first = status()?.updateRevision;
    since(() => setImage('foo'));
    since(() => setImage('app:1'));
    expect(images()).toEqual(['app:1', 'app:1']);
    expect(status()?.updateRevision).toBe(first);
    expect(
      plane
        .list(controllerRevisions)
        .map(({ revision }) => revision)
        .sort(),
    ).toEqual([2, 3]);
  });
});

it('Burst: a broken pod does not hold up the way back', () => {
  start(3, burst);
  plane.patch(pods, 'foo-0', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 'status');
  expect(since(() => setImage('foo'))).toEqual(['-2', '+2', '-1', '+1', '-0', '+0']);
});

// Upstream: TestStatefulSetControlWithStartOrdinal
it('starts where it is told to', () => {
  start(2, { ordinals: { start: 3 } });
  expect(log).toEqual(['+3', '+4']);
  expect(since(() => plane.patch(statefulSets, 'foo', { spec: { ordinals: { start: 2 } } }))).toEqual(['+2', '-4']);
});

// Upstream: TestStatefulPodControlRetentionPolicyUpdate
it.each([
  { whenScaled: 'Retain', left: ['data-foo-0', 'data-foo-1'] },
  { whenScaled: 'Delete', left: ['data-foo-0'] },
] as const)('claims of pods beyond the number when $whenScaled', ({ whenScaled, left }) => {
  const data = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  } as const;
  start(2, {
    volumeClaimTemplates: [data],
    persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted: 'Retain' },
  });
  expect(plane.list(persistentVolumeClaims).map(({ metadata }) => metadata.name)).toEqual(['data-foo-0', 'data-foo-1']);
  scale(1);
  settle();
  expect(plane.list(persistentVolumeClaims).map(({ metadata }) => metadata.name)).toEqual(left);
});
