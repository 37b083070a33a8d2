import { expect, it } from 'vitest';
import type * as apiregistrationv1 from '../../src/api/apiregistration/v1.ts';
import { apiServices } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { complete } from './support.ts';

const name = 'v1beta1.metrics.k8s.io';

it('metrics-server is asked through its APIService, once it is there', () => {
  const cluster = createCluster({ metricsServer: true });
  const available = (): apiregistrationv1.APIServiceCondition | undefined =>
    cluster.read(apiServices, '', name)?.status?.conditions?.[0];
  cluster.sim.runUntil(() => available() !== undefined, { limitMs: 60_000 });
  expect(available()).toMatchObject({ status: 'False' });
  cluster.sim.runUntil(() => available()?.status === 'True', { limitMs: 600_000 });
  expect(available()).toMatchObject({ reason: 'Passed', message: 'all checks passed' });
  const path = '/apis/metrics.k8s.io/v1beta1/nodes';
  const answer = complete(cluster, cluster.client().raw({ method: 'GET', path, headers: {} }));
  expect(answer).toMatchObject({ status: 200 });
  cluster.stop();
});
