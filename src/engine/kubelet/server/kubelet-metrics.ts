import { family } from '../../../apimachinery/prometheus-text.ts';
import type { RuntimeService } from '../../runtime/runtime-service.ts';
import type { TerminationCount } from '../status/termination-counts.ts';

/** `/metrics` of a kubelet: what runs, as it counts it now. Upstream: pkg/kubelet/metrics/metrics.go (v1.36) */
export function kubeletMetrics(
  nodeName: string,
  runtime: RuntimeService,
  terminations: readonly TerminationCount[],
): string {
  const states = new Map<string, number>();
  for (const { state } of runtime.listContainers()) states.set(state, (states.get(state) ?? 0) + 1);
  const running = runtime.listPodSandboxes().filter(({ state }) => state === 'ready');
  return [
    family('kubelet_node_name', 'ALPHA', "The node's name. The count is always 1.", 'gauge', [
      { labels: { node: nodeName }, value: 1 },
    ]),
    family(
      'kubelet_running_containers',
      'ALPHA',
      'Number of containers currently running',
      'gauge',
      [...states]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([state, value]) => ({ labels: { container_state: state }, value })),
    ),
    family('kubelet_running_pods', 'ALPHA', 'Number of pods that have a running pod sandbox', 'gauge', [
      { labels: {}, value: running.length },
    ]),
    family(
      'kubelet_terminated_containers_total',
      'ALPHA',
      'Cumulative number of container terminations.',
      'counter',
      terminations.map(({ containerType, exitCode, reason, count }) => ({
        labels: { container_type: containerType, exit_code: String(exitCode), reason },
        value: count,
      })),
    ),
  ].join('');
}
