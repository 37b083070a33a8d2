import { afterEach, describe, expect, it } from 'vitest';
import type * as corev1 from '../../src/api/core/v1.ts';
import { events, nodes, podDisruptionBudgets, pods } from '../../src/api/resources.ts';
import type { KubernetesObject } from '../../src/apimachinery/object-meta.ts';
import type { ResourceRef } from '../../src/apimachinery/resource-ref.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import type { NodeSpec } from '../../src/protocol/control.ts';

/** The scheduler over a real API server, with hollow nodes. */
describe('the scheduler', () => {
  let cluster: Cluster;
  let problems: string[] = [];
  const start = (specs: readonly NodeSpec[]) => {
    problems = [];
    cluster = createCluster({
      nodes: specs,
      hollow: true,
      latency: 'realistic',
      systemPods: false,
      onProblem: (problem) => problems.push(`${problem.component}: ${problem.message}`),
    });
    cluster.advance(5_000);
  };
  afterEach(() => {
    expect(problems).toEqual([]);
    cluster.stop();
    expect(cluster.sim.pending).toBe(0);
  });
  const create = <T extends KubernetesObject>(ref: ResourceRef<T>, object: T) => {
    const task = cluster.sim.spawn(
      cluster
        .client()
        .resource(ref, ref.namespaced ? 'default' : undefined)
        .create(object),
    );
    cluster.runUntil(() => task.settled);
    if (task.outcome?.kind === 'threw') throw task.outcome.error;
  };
  const pod = (name: string, cpu: string, spec: Partial<corev1.PodSpec> = {}): corev1.Pod => ({
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: { containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests: { cpu } } }], ...spec },
  });
  const read = (name: string) => cluster.read(pods, 'default', name);
  const nodeOf = (name: string) => read(name)?.spec?.nodeName;
  const eventsOf = (name: string) =>
    cluster
      .readAll(events, 'default')
      .filter((event) => event.involvedObject.name === name && event.reportingComponent === 'default-scheduler')
      .map((event) => `${event.type} ${event.reason}: ${event.message}`);

  it('says why a pod fits nowhere, and schedules it once it does', () => {
    start([{ name: 'small', cpu: '1' }]);
    create(pods, pod('big', '3'));
    cluster.advance(1_000);
    const text =
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
    expect(read('big')?.status?.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: text },
    ]);
    expect(eventsOf('big')).toEqual([`Warning FailedScheduling: ${text}`]);
    expect(cluster.explainScheduling('default/big').attempts[0]).toMatchObject({
      outcome: 'unschedulable',
      nodes: [{ node: 'small', refusedBy: 'NodeResourcesFit', reasons: ['Insufficient cpu'], resolvable: false }],
    });
    cluster.addNode({ name: 'large', cpu: '8' });
    expect(cluster.runUntil(() => nodeOf('big') === 'large', 60_000)).toBe(true);
    cluster.advance(100);
    expect(eventsOf('big').at(-1)).toBe('Normal Scheduled: Successfully assigned default/big to large');
  });

  it('drives out pods of lower priority, but not those that a budget protects', () => {
    start([
      { name: 'a', cpu: '4' },
      { name: 'b', cpu: '4' },
    ]);
    create(podDisruptionBudgets, {
      metadata: { name: 'keep', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
    });
    create(pods, pod('kept', '3', { nodeSelector: { 'kubernetes.io/hostname': 'a' } }));
    create(pods, pod('lost', '3', { nodeSelector: { 'kubernetes.io/hostname': 'b' } }));
    cluster.advance(10_000);
    create(pods, pod('urgent', '3', { priorityClassName: 'system-cluster-critical' }));
    expect(cluster.runUntil(() => nodeOf('urgent') === 'b', 60_000)).toBe(true);
    expect([nodeOf('kept'), read('lost')]).toEqual(['a', undefined]);
    const [preempted] = eventsOf('lost').slice(-1);
    expect(preempted).toMatch(/^Normal Preempted: Preempted by pod [-0-9a-f]{36} on node b$/);
    expect(read('urgent')?.status?.nominatedNodeName).toBeUndefined();
    const { attempts } = cluster.explainScheduling('default/urgent');
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['scheduled', 'unschedulable']);
    expect(attempts.map(({ preemption }) => preemption?.why)).toEqual([
      undefined,
      'fewest violated disruption budgets',
    ]);
    expect(attempts[1]?.preemption?.candidates.map(({ victims }) => victims.map(({ pod }) => pod))).toEqual([
      ['default/lost'],
      ['default/kept'],
    ]);
  });

  it('leaves pods of other schedulers, gated pods and cordoned nodes alone', () => {
    start([{ name: 'a' }, { name: 'b' }]);
    const cordon = cluster
      .client()
      .resource(nodes)
      .patch('a', 'merge', { spec: { unschedulable: true } });
    cluster.sim.spawn(cordon);
    cluster.advance(1_000);
    create(pods, pod('foreign', '1', { schedulerName: 'mine' }));
    create(pods, pod('gated', '1', { schedulingGates: [{ name: 'example.com/wait' }] }));
    create(pods, pod('plain', '1'));
    cluster.advance(5_000);
    expect([nodeOf('foreign'), nodeOf('gated'), nodeOf('plain')]).toEqual([undefined, undefined, 'b']);
  });

  it('spreads pods evenly, each bound once', () => {
    start([{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }]);
    for (let i = 0; i < 40; i++) create(pods, pod(`p${i}`, '50m'));
    expect(cluster.runUntil(() => cluster.readAll(pods, 'default').every((p) => p.spec?.nodeName), 60_000)).toBe(true);
    const counts = new Map<string, number>();
    for (const { spec } of cluster.readAll(pods, 'default'))
      counts.set(spec?.nodeName ?? '', (counts.get(spec?.nodeName ?? '') ?? 0) + 1);
    expect([...counts.values()]).toEqual([10, 10, 10, 10]);
  });
});
