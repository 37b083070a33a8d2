import { afterEach, beforeEach, expect, it } from 'vitest';
import type * as autoscalingv2 from '../../../src/api/autoscaling/v2.ts';
import { deployments, events, horizontalPodAutoscalers } from '../../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../../src/engine/cluster.ts';
import { complete } from '../support.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = createCluster({ hollow: true, latency: 'instant', nodes: 1 });
  cluster.advance(3_000);
  const labels = { app: 'web' };
  complete(
    cluster,
    cluster
      .client()
      .resource(deployments, 'default')
      .create({
        metadata: { name: 'web', namespace: 'default' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'pause' }] } },
        },
      }),
  );
});
afterEach(() => cluster.stop());

const custom =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

// Nobody serves these metrics: the texts are upstream's (pkg/controller/podautoscaler, v1.36).
it.each<[string, autoscalingv2.MetricSpec, string, string]>([
  [
    'pods',
    { type: 'Pods', pods: { metric: { name: 'queries' }, target: { type: 'AverageValue', averageValue: '10' } } },
    'FailedGetPodsMetric',
    `unable to get metric queries: ${custom}`,
  ],
  [
    'an object',
    {
      type: 'Object',
      object: {
        describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' },
        metric: { name: 'hits' },
        target: { type: 'Value', value: '1k' },
      },
    },
    'FailedGetObjectMetric',
    `unable to get metric hits: Ingress on default main/${custom}`,
  ],
  [
    'the outside',
    {
      type: 'External',
      external: {
        metric: { name: 'queue', selector: { matchLabels: { q: 'jobs' } } },
        target: { type: 'AverageValue', averageValue: '30' },
      },
    },
    'FailedGetExternalMetric',
    'unable to get external metric default/queue/&LabelSelector{MatchLabels:map[string]string{q: jobs,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)',
  ],
])('an autoscaler by a metric of %s that nobody serves', (_, metric, reason, message) => {
  const hpa: autoscalingv2.HorizontalPodAutoscaler = {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      metrics: [metric],
    },
  };
  complete(cluster, cluster.client().resource(horizontalPodAutoscalers, 'default').create(hpa));
  cluster.advance(20_000);
  const found = cluster.readAll(events, 'default').find((event) => event.reason === reason);
  expect(found?.message).toBe(message);
  const status = cluster.read(horizontalPodAutoscalers, 'default', 'web')?.status;
  expect(status?.conditions?.find(({ type }) => type === 'ScalingActive')).toMatchObject({
    status: 'False',
    reason,
    message: `the HPA was unable to compute the replica count: ${message}`,
  });
});
