import type * as corev1 from '../../../api/core/v1.ts';

function matchesRequirement(
  value: string | undefined,
  { operator, values = [] }: corev1.NodeSelectorRequirement,
): boolean {
  const wanted = values[0] ?? '';
  const isInteger = (text: string | undefined): text is string => text !== undefined && /^-?\d+$/.test(text);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isInteger(value) && isInteger(wanted) && BigInt(value) > BigInt(wanted);
    case 'Lt':
      return isInteger(value) && isInteger(wanted) && BigInt(value) < BigInt(wanted);
    default:
      return false;
  }
}

/** Whether one of the terms holds; empty terms hold for nothing. Upstream: component-helpers/scheduling/corev1/nodeaffinity (v1.36) */
export function nodeSelectorMatches(selector: corev1.NodeSelector, node: corev1.Node): boolean {
  return selector.nodeSelectorTerms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length === 0 && matchFields.length === 0) return false;
    return (
      matchExpressions.every((one) => matchesRequirement(node.metadata.labels?.[one.key], one)) &&
      matchFields.every((one) => matchesRequirement(one.key === 'metadata.name' ? node.metadata.name : undefined, one))
    );
  });
}

/** Whether a pod's nodeSelector and required affinity allow the node. Upstream: nodeaffinity.GetRequiredNodeAffinity (v1.36) */
export function requiredNodeAffinityMatches(spec: corev1.PodSpec | undefined, node: corev1.Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || nodeSelectorMatches(required, node);
}
