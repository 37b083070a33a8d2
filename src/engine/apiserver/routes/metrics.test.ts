import { expect, it } from 'vitest';
import { Sim } from '../../sim/sim.ts';
import { createApiServer } from '../api-server.ts';
import { healthMetricsText, metricsText } from './metrics.ts';

it('tells the seats of each priority level as a new cluster has them', () => {
  const server = createApiServer({ sim: new Sim({ seed: 'metrics' }) });
  server.start();
  const seats = [...metricsText(server).matchAll(/^apiserver_flowcontrol_nominal_limit_seats\{.*="(.*)"\} (\d+)$/gm)];
  expect(Object.fromEntries(seats.map(([, level, count]) => [level, Number(count)]))).toEqual({
    'catch-all': 13,
    exempt: 0,
    'global-default': 49,
    'leader-election': 25,
    'node-high': 98,
    system: 74,
    'workload-high': 98,
    'workload-low': 245,
  });
});

it('tells each health check', () => {
  const text = healthMetricsText();
  expect(text).not.toContain(' 0\n');
  expect(text).toContain(
    '\nkubernetes_healthcheck{name="etcd",type="healthz"} 1\nkubernetes_healthcheck{name="etcd",type="readyz"} 1\n',
  );
});
