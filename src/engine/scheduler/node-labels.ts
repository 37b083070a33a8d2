import type * as corev1 from '../../api/core/v1.ts';

export const hostnameLabel = 'kubernetes.io/hostname';
export const zoneLabel = 'topology.kubernetes.io/zone';

/** A node's own label; keys are users' words. */
export function nodeLabel(node: corev1.Node, key: string): string | undefined {
  // What an object inherits is no text.
  const value: unknown = node.metadata.labels?.[key];
  return typeof value === 'string' ? value : undefined;
}
