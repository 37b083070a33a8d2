import { podRequests } from '../../../api/core/pod-resources.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { getPodQOS } from '../pod-resources.ts';

const guaranteed = -997;
const bestEffort = 1000;

/**
 * By how much a container's processes are the first (1000) or last (-997) to go when the machine's memory runs out: `/proc/PID/oom_score_adj`.
 *
 * Upstream: pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust (v1.36)
 */
export function getContainerOOMScoreAdjust(
  pod: corev1.Pod,
  container: corev1.Container,
  memoryCapacityBytes: number,
): number {
  const { spec } = pod;
  if (spec?.priorityClassName === 'system-node-critical') return guaranteed;
  const qos = getPodQOS(pod);
  if (qos === 'Guaranteed') return guaranteed;
  if (qos === 'BestEffort' || memoryCapacityBytes === 0) return bestEffort;
  const shared = remainingPodMemReqPerContainer(pod);
  const scoreOf = (bytes: number) => 1000 - Math.trunc((1000 * (bytes + shared)) / memoryCapacityBytes);
  const own = scoreOf(memoryRequest(container));
  const isSidecar =
    container.restartPolicy === 'Always' && spec?.initContainers?.some(({ name }) => name === container.name);
  // A sidecar is no sooner ended than the containers beside it.
  const score = isSidecar ? Math.min(own, scoreOf(Math.min(...(spec?.containers ?? []).map(memoryRequest)))) : own;
  if (score < 1000 + guaranteed) return 1000 + guaranteed;
  return score === bestEffort ? score - 1 : score;
}

function memoryRequest({ resources }: corev1.Container): number {
  return parseQuantity(resources?.requests?.['memory'] ?? '0').value();
}

/** What a pod asks for beyond its containers, shared out among them. Upstream: pkg/kubelet/qos/helpers.go */
function remainingPodMemReqPerContainer({ metadata, spec }: corev1.Pod): number {
  const ofPod = parseQuantity(spec?.resources?.requests?.['memory'] ?? '0').value();
  if (!spec || ofPod === 0) return 0;
  const { resources: _, overhead: __, ...containersOnly } = spec;
  const ofContainers = podRequests({ metadata, spec: containersOnly }).get('memory')?.value() ?? 0;
  return Math.trunc((ofPod - ofContainers) / (spec.containers.length + (spec.initContainers?.length ?? 0)));
}
