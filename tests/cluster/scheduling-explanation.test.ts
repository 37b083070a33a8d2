import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../src/api/core/v1.ts';
import { pods, priorityClasses } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { schedulingText } from '../../src/kubectl/commands/tabernetes/scheduling-text.ts';
import { complete } from './support.ts';

const start = Date.parse('2026-01-01T00:00:00Z');

function smallCluster() {
  return createCluster({
    hollow: true,
    latency: 'instant',
    epochMs: start,
    nodes: [
      { name: 'small', cpu: '1', memory: '1Gi' },
      { name: 'large', cpu: '4', memory: '4Gi' },
    ],
  });
}

const pod = (name: string, cpu: string, more: Partial<corev1.PodSpec> = {}): corev1.Pod => ({
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'a', image: 'pause', resources: { requests: { cpu } } }], ...more },
});

function create(cluster: ReturnType<typeof smallCluster>, ...made: readonly corev1.Pod[]): void {
  for (const one of made) complete(cluster, cluster.client().resource(pods, 'default').create(one));
  cluster.advance(5000);
}

describe('the scheduler explains', () => {
  it('a pod that fits: verdicts, scores and weights', () => {
    const cluster = smallCluster();
    cluster.advance(1000);
    create(cluster, pod('web', '500m'));
    const [attempt] = cluster.explainScheduling('default/web').attempts;
    expect(attempt).toMatchObject({ outcome: 'scheduled', nodeName: 'large', attempt: 1, notExamined: 0 });
    const [best] = attempt?.nodes ?? [];
    expect(best?.node).toBe('large');
    const sum = (best?.scores ?? []).reduce((total, { weight, normalized }) => total + weight * normalized, 0);
    expect(best?.total).toBe(sum);
    cluster.stop();
  });

  it('a pod that fits nowhere: who refused which node, and what was not reached', () => {
    const cluster = smallCluster();
    cluster.advance(1000);
    create(cluster, pod('giant', '3', { nodeSelector: { 'kubernetes.io/hostname': 'small' } }));
    const { pending, attempts } = cluster.explainScheduling('default/giant');
    expect(pending).toMatchObject({ queue: 'unschedulable', attempts: 1 });
    expect([...(pending?.plugins ?? [])].sort()).toEqual(['NodeAffinity', 'NodeResourcesFit']);
    const [attempt] = attempts;
    const of = (name: string) => attempt?.nodes.find(({ node }) => node === name);
    const verdict = (name: string, filter: string) => of(name)?.verdicts[attempt?.filters.indexOf(filter) ?? -1];
    expect(of('large')).toMatchObject({ refusedBy: 'NodeAffinity', resolvable: false });
    expect(of('small')).toMatchObject({ refusedBy: 'NodeResourcesFit', reasons: ['Insufficient cpu'] });
    expect([verdict('small', 'NodeAffinity'), verdict('small', 'NodeResourcesFit')]).toEqual(['passed', 'refused']);
    expect([verdict('large', 'NodeResourcesFit'), verdict('large', 'NodePorts')]).toEqual(['not reached', 'skipped']);
    cluster.stop();
  });

  it('preemption: whom it drives out, and why there', () => {
    const cluster = smallCluster();
    cluster.advance(1000);
    const urgent = {
      metadata: { name: 'urgent' },
      value: 1000,
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
    };
    complete(cluster, cluster.client().resource(priorityClasses).create(urgent));
    create(cluster, pod('low', '900m', { nodeName: 'small' }), pod('mid', '3500m', { nodeName: 'large' }));
    create(cluster, pod('now', '800m', { priorityClassName: 'urgent' }));
    const attempts = cluster.explainScheduling('default/now').attempts;
    expect(attempts.at(-1)?.preemption).toMatchObject({
      candidates: expect.arrayContaining([
        { node: 'small', victims: [{ pod: 'default/low', priority: 0 }], numPdbViolations: 0 },
      ]),
      why: 'the first of equals',
    });
    expect(attempts[0]?.outcome).toBe('scheduled');
    cluster.stop();
  });

  it('in words and tables', () => {
    const cluster = smallCluster();
    cluster.advance(1000);
    create(cluster, pod('giant', '8'));
    const words = schedulingText(cluster.explainScheduling('default/giant'), true);
    const refused = 'refused  NodeResourcesFit  Insufficient cpu (preemption cannot help)  ';
    expect(words.split('\n')).toEqual([
      'Pod default/giant waits in the unschedulable queue after 1 attempts; last refused by NodeResourcesFit.',
      '',
      'Pod default/giant fits nowhere: attempt 1, 2026-01-01T00:00:01Z, by default-scheduler.',
      '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
      '',
      'NODE   VERDICT  REFUSED BY        REASON                                     SCORE',
      `small  ${refused}`,
      `large  ${refused}`,
      '',
      'FILTER  NodeUnschedulable  NodeName  TaintToleration  NodeResourcesFit',
      'small   +                  +         +                X',
      'large   +                  +         +                X',
      '+ passed  X refused  . not reached',
      'Nothing to say of this pod: NodeAffinity, NodePorts, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity, DynamicResources, NodeDeclaredFeatures',
      '',
      'Preemption: no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
      '',
    ]);
    cluster.stop();
  });
});
