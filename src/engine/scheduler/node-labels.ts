import type * as corev1 from '../../api/core/v1.ts';

/** A node's own label; keys are users' words. */
export function nodeLabel(node: corev1.Node, key: string): string | undefined {
  const { labels } = node.metadata;
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}
