import { family } from '../../../apimachinery/prometheus-text.ts';
import type { NodeStats } from './stats.ts';

/**
 * `/metrics/resource`: what metrics-server asks a kubelet for. Families and their samples are sorted by name.
 * Upstream: pkg/kubelet/metrics/collectors/resource_metrics.go (v1.36)
 */
export function resourceMetrics({ atMs, usageCoreNanoSeconds, memoryBytes, pods }: NodeStats): string {
  const seconds = (coreNanos: number) => Math.trunc(coreNanos) / 1e9;
  const sorted = [...pods].sort((a, b) => (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0));
  const containers = sorted.flatMap((pod) =>
    pod.containers.map((container) => ({
      labels: { container: container.name, namespace: pod.namespace, pod: pod.name },
      container,
    })),
  );
  containers.sort((a, b) => (a.labels.container < b.labels.container ? -1 : 1));
  const whole = sorted.map((pod) => ({
    labels: { namespace: pod.namespace, pod: pod.name },
    cpu: pod.containers.reduce((sum, one) => sum + one.usageCoreNanoSeconds, 0),
    memory: pod.containers.reduce((sum, one) => sum + one.memoryBytes, 0),
  }));
  const cpu = 'Cumulative cpu time consumed by the';
  return [
    family('container_cpu_usage_seconds_total', 'STABLE', `${cpu} container in core-seconds`, 'counter', [
      ...containers.map(({ labels, container }) => ({ labels, value: seconds(container.usageCoreNanoSeconds), atMs })),
    ]),
    family('container_memory_working_set_bytes', 'STABLE', 'Current working set of the container in bytes', 'gauge', [
      ...containers.map(({ labels, container }) => ({ labels, value: container.memoryBytes, atMs })),
    ]),
    family(
      'container_start_time_seconds',
      'STABLE',
      'Start time of the container since unix epoch in seconds',
      'gauge',
      containers.map(({ labels, container }) => ({ labels, value: container.startedAtMs / 1000 })),
    ),
    family('node_cpu_usage_seconds_total', 'STABLE', `${cpu} node in core-seconds`, 'counter', [
      { labels: {}, value: seconds(usageCoreNanoSeconds), atMs },
    ]),
    family('node_memory_working_set_bytes', 'STABLE', 'Current working set of the node in bytes', 'gauge', [
      { labels: {}, value: memoryBytes, atMs },
    ]),
    family('pod_cpu_usage_seconds_total', 'STABLE', `${cpu} pod in core-seconds`, 'counter', [
      ...whole.map((pod) => ({ labels: pod.labels, value: seconds(pod.cpu), atMs })),
    ]),
    family('pod_memory_working_set_bytes', 'STABLE', 'Current working set of the pod in bytes', 'gauge', [
      ...whole.map((pod) => ({ labels: pod.labels, value: pod.memory, atMs })),
    ]),
    family(
      'resource_scrape_error',
      'STABLE',
      '1 if there was an error while getting container metrics, 0 otherwise',
      'gauge',
      [{ labels: {}, value: 0 }],
    ),
  ].join('');
}
