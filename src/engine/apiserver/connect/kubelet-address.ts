import type * as corev1 from '../../../api/core/v1.ts';
import { newNotFound, newStatusError } from '../../../apimachinery/status-error.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';

/**
 * Whether a node's kubelet has an address to be reached at.
 *
 * @param resource what is said to be missing when the node is
 * @throws StatusError NotFound; one without a reason when the node states no address
 * Upstream: pkg/kubelet/client/kubelet_client.go GetConnectionInfo (v1.36)
 */
export function checkKubeletAddress(objects: ObjectReader, nodeName: string, resource: 'nodes' | 'pods'): void {
  const node = objects.get<corev1.Node>('', 'nodes', '', nodeName);
  if (!node) throw newNotFound({ group: '', resource }, nodeName);
  if ((node.status?.addresses ?? []).length > 0) return;
  throw newStatusError({ code: 500, reason: '', message: 'no preferred addresses found; known addresses: []' });
}
