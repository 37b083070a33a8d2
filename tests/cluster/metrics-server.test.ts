import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type * as corev1 from '../../src/api/core/v1.ts';
import { apiServices, deployments, horizontalPodAutoscalers, pods } from '../../src/api/resources.ts';
import { parseQuantity } from '../../src/apimachinery/quantity.ts';
import { answerOf } from '../../src/client/request.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import type { Process } from '../../src/process/process.ts';
import { complete, createAll } from './support.ts';

const manifest = readFileSync(new URL('../../src/lessons/examples/autoscaling.yaml', import.meta.url), 'utf8');

let cluster: Cluster;
beforeEach(() => {
  cluster = createCluster({ nodes: 2, metricsServer: true });
  cluster.advance(60_000);
});
afterEach(() => cluster.stop());

function get<T>(path: string): T {
  return complete(
    cluster,
    (function* (): Process<T> {
      return answerOf<T>(yield* cluster.client().raw({ path: `/apis/metrics.k8s.io/v1beta1/${path}` }));
    })(),
  );
}
const shell = (name: string, script: string): corev1.Pod => ({
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { containers: [{ name: 'sh', image: 'busybox:1.36', command: ['sh', '-c', script] }] },
});
const create = (pod: corev1.Pod) => complete(cluster, cluster.client().resource(pods, 'default').create(pod));

interface Metrics {
  readonly window: string;
  readonly usage?: Readonly<Record<string, string>>;
  readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

describe('metrics-server', () => {
  it('is available, and tells what nodes and pods use', () => {
    const service = cluster.readAll(apiServices).find(({ metadata }) => metadata.name === 'v1beta1.metrics.k8s.io');
    expect(service?.status?.conditions).toMatchObject([{ type: 'Available', status: 'True', reason: 'Passed' }]);
    expect(get<{ items: readonly object[] }>('nodes').items).toHaveLength(3);
    const dns = get<{ items: readonly Metrics[] }>('namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns');
    expect(dns.items.map(({ containers }) => containers?.[0]?.usage['memory'])).toEqual(['14Mi', '14Mi']);
  });

  it.each([
    ['nodes/nowhere', 'nodes "nowhere" not found'],
    ['namespaces/default/pods/gone', 'pods "gone" not found'],
  ])('says that it is not there: %s', (path, message) => {
    expect(() => get(path)).toThrow(message);
  });

  it('has no figures of a pod that has just started, and those of a busy one later', () => {
    create(shell('busy', 'while true; do :; done'));
    cluster.advance(5_000);
    expect(() => get('namespaces/default/pods/busy')).toThrow('podmetrics.metrics.k8s.io "default/busy" not found');
    cluster.advance(60_000);
    const { containers } = get<Metrics>('namespaces/default/pods/busy');
    expect(containers).toMatchObject([{ name: 'sh', usage: { cpu: expect.stringMatching(/^(1|9\d{8}n|1000\d+n)$/) } }]);
  });

  it('sees what a resource-consumer is told to use, and for how long', () => {
    const consumer: corev1.Pod = {
      metadata: { name: 'consumer', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'registry.k8s.io/e2e-test-images/resource-consumer:1.13' }] },
    };
    create(consumer);
    cluster.advance(30_000);
    const ip = cluster.read(pods, 'default', 'consumer')?.status?.podIP ?? '';
    create(
      shell(
        'driver',
        `wget -q -O- --post-data 'millicores=300&durationSec=60' http://${ip}:8080/ConsumeCPU; sleep 999`,
      ),
    );
    cluster.advance(50_000);
    const cpu = () => get<Metrics>('namespaces/default/pods/consumer').containers?.[0]?.usage['cpu'] ?? '';
    // Rounded up, as kubectl top does.
    expect(Math.abs(parseQuantity(cpu()).milliValue() - 301)).toBeLessThan(2);
    cluster.advance(60_000);
    expect(parseQuantity(cpu()).milliValue()).toBeLessThan(5);
  });

  it('lets an autoscaler follow the load, up and down', () => {
    createAll(cluster, manifest);
    const replicas = () => cluster.read(horizontalPodAutoscalers, 'default', 'busy')?.status?.desiredReplicas ?? 0;
    expect(cluster.runUntil(() => replicas() >= 4, 180_000)).toBe(true);
    complete(
      cluster,
      cluster
        .client()
        .resource(deployments, 'default')
        .patch('load', 'merge', { spec: { replicas: 0 } }),
    );
    expect(cluster.runUntil(() => replicas() === 1, 900_000)).toBe(true);
  });
});
