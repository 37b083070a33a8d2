import type * as corev1 from '../../api/core/v1.ts';
import type { NodePool } from '../../protocol/control.ts';

/** The label that says to which pool a node belongs. */
export const nodePoolLabel = 'tabernetes.dev/node-pool';

/** What rents machines and gives them back: the cloud. */
export interface CloudProvider {
  readonly pools: readonly NodePool[];
  /** How many machines a pool is to have, those that are still coming among them. */
  targetSize(pool: string): number;
  /** Orders so many more. */
  increaseSize(pool: string, by: number): void;
  /** Gives a machine back, and lowers the pool's size. */
  deleteNode(pool: string, node: string): void;
  /** What a new node of a pool will be like. */
  templateNode(pool: string): corev1.Node;
}

export const poolOf = (node: corev1.Node): string | undefined => node.metadata.labels?.[nodePoolLabel];
