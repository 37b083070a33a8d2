import { afterEach, describe, expect, it } from 'vitest';
import type * as appsv1 from '../../../src/api/apps/v1.ts';
import type * as corev1 from '../../../src/api/core/v1.ts';
import { daemonSets, nodes, pods } from '../../../src/api/resources.ts';
import { daemonSetController } from '../../../src/engine/controllers/daemonset/daemon-set-controller.ts';
import { nodeLifecycleController } from '../../../src/engine/controllers/nodelifecycle/node-lifecycle-controller.ts';
import { serviceAccountsController } from '../../../src/engine/controllers/serviceaccount/service-accounts-controller.ts';
import { isReady } from '../support.ts';
import { ControlPlane, template } from './control-plane.ts';

let plane: ControlPlane;
afterEach(() => {
  expect(plane.problems).toEqual([]);
  plane.stop();
});

/** A set of one pod a node, which has come up. */
function start(spec: Partial<appsv1.DaemonSetSpec> = {}, count = 2): void {
  plane = new ControlPlane({
    nodes: count,
    only: [daemonSetController, nodeLifecycleController, serviceAccountsController],
  });
  plane.create(daemonSets, {
    metadata: { name: 'foo', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'foo' } }, template: template({ app: 'foo' }), ...spec },
  });
  settle();
}
const settle = () => plane.advance(30_000);
const nodeOf = (pod: corev1.Pod) => pod.spec?.nodeName ?? '';
const placed = () => plane.list(pods).map(nodeOf).sort();
const images = () => plane.list(pods).map((pod) => pod.spec?.containers[0]?.image);
const setImage = (image: string) =>
  plane.patch(daemonSets, 'foo', { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } });
const nameOn = (node: string) => plane.list(pods).find((pod) => nodeOf(pod) === node)?.metadata.name ?? '';
const status = () => plane.get(daemonSets, 'foo').status;

// Upstream: pkg/controller/daemon/daemon_controller_test.go (v1.36)
describe('pods', () => {
  it('TestSimpleDaemonSetScheduleDaemonSetLaunchesPods', () => {
    start();
    expect(placed()).toEqual(['node-1', 'node-2']);
    expect(status()).toMatchObject({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberReady: 2,
      updatedNumberScheduled: 2,
    });
  });

  it('TestTaintedNodeDaemonDoesNotLaunchIntolerantPod, TestNodeDaemonLaunchesToleratePod', () => {
    start();
    const taints = [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }];
    plane.patch(nodes, 'node-2', { spec: { taints } });
    settle();
    expect(placed()).toEqual(['node-1', 'node-2']);
    expect(status()).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 });
    plane.delete(pods, nameOn('node-2'));
    settle();
    expect(placed()).toEqual(['node-1']);
    plane.patch(daemonSets, 'foo', {
      spec: { template: { spec: { tolerations: [{ key: 'dedicated', operator: 'Exists' }] } } },
    });
    settle();
    expect(placed()).toEqual(['node-1', 'node-2']);
  });

  it('TestNumberReadyStatus, pods that end are replaced', () => {
    start({}, 1);
    const before = nameOn('node-1');
    plane.patch(pods, before, { status: { phase: 'Failed' } }, 'status');
    settle();
    expect(nameOn('node-1')).not.toBe(before);
    expect(plane.events('DaemonSet')).toContain(
      `Warning FailedDaemonPod Found failed daemon pod default/${before} on node node-1, will try to kill it`,
    );
  });

  it('a pod that has ended and only waits to be let go keeps no node', () => {
    start({}, 1);
    const before = nameOn('node-1');
    plane.patch(pods, before, { metadata: { finalizers: ['example.com/keep'] } });
    plane.patch(pods, before, { status: { phase: 'Failed' } }, 'status');
    settle();
    expect(plane.list(pods).map((pod) => [pod.metadata.name === before, isReady(pod)])).toContainEqual([false, true]);
    expect(status()).toMatchObject({ currentNumberScheduled: 1, numberReady: 1 });
  });
});

// Upstream: pkg/controller/daemon/update_test.go (v1.36)
describe('updates', () => {
  it('TestDaemonSetUpdatesPods', () => {
    start();
    setImage('foo2');
    settle();
    expect(images()).toEqual(['foo2', 'foo2']);
    expect(status()?.updatedNumberScheduled).toBe(2);
  });

  it('OnDelete', () => {
    start({ updateStrategy: { type: 'OnDelete' } });
    setImage('foo2');
    settle();
    expect(images()).toEqual(['app:1', 'app:1']);
    plane.delete(pods, nameOn('node-1'));
    settle();
    expect(images().sort()).toEqual(['app:1', 'foo2']);
  });

  it('TestDaemonSetUpdatesPodsWithMaxSurge: an old pod goes when the new one is there', () => {
    start({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    let least = 2;
    setImage('foo2');
    for (let i = 0; i < 300; i++) {
      plane.advance(100);
      const ready = plane.list(pods).filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
      least = Math.min(least, new Set(ready.map(nodeOf)).size);
    }
    expect(images()).toEqual(['foo2', 'foo2']);
    expect(least).toBe(2);
  });
});
