/** A pod is resized only on a Linux node that could hold it. Upstream: plugin/pkg/admission/podresize (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { statusErrorFromObject } from '../../../apimachinery/status-error.ts';
import { podRequests } from '../../../api/core/pod-resources.ts';
import { zero } from '../../../api/core/resource-list.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { podOf } from './pod-draft.ts';

export function podResize(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'PodResizeValidator',
    handles: ({ definition, subresource, verb }) =>
      verb === 'UPDATE' && definition.resource === 'pods' && definition.group === '' && subresource === 'resize',
    validate(attributes) {
      const pod = podOf(attributes);
      const { nodeName } = pod.spec ?? {};
      if (!nodeName || attributes.old?.metadata.generation === pod.metadata.generation) return;
      const node = objects.get<corev1.Node>('', 'nodes', '', nodeName);
      if (!node) throw admissionForbidden(attributes, `node ${JSON.stringify(nodeName)} not found`);
      const os = node.metadata.labels?.['kubernetes.io/os'];
      if (os !== undefined && os !== 'linux') {
        const why = `pod resize is only supported on linux nodes, node ${JSON.stringify(nodeName)} is ${JSON.stringify(os)}`;
        throw resizeForbidden(attributes, why, 'UnsupportedPlatform');
      }
      const lacking = excess(pod, node);
      if (lacking.length === 0) return;
      const why = `node didn't have enough allocatable resources: ${lacking.join('; ')}`;
      throw resizeForbidden(attributes, why, 'NodeCapacity');
    },
  };
}

function excess(pod: corev1.Pod, node: corev1.Node): string[] {
  const requests = podRequests(pod);
  const allocatable = node.status?.allocatable ?? {};
  return (['cpu', 'memory'] as const).flatMap((name) => {
    const asked = requests.get(name) ?? zero;
    const there = parseQuantity(allocatable[name] ?? '0');
    if (asked.cmp(there) <= 0) return [];
    const amount = (quantity: typeof asked) => String(name === 'cpu' ? quantity.milliValue() : quantity.value());
    return [`${name}, requested: ${amount(asked)}, allocatable: ${amount(there)}`];
  });
}

function resizeForbidden(attributes: AdmissionAttributes, why: string, reason: string): Error {
  const { status } = admissionForbidden(attributes, why);
  return statusErrorFromObject({ ...status, details: { ...status.details, causes: [{ reason }] } });
}
