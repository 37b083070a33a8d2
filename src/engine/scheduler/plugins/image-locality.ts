import type { Handle, Plugin } from '../framework.ts';
import { maxNodeScore } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';

const name = 'ImageLocality';
const mebibyte = 1024 * 1024;
const minThreshold = 23 * mebibyte;
const maxContainerThreshold = 1000 * mebibyte;

const normalizedImageName = (image: string) =>
  image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;

/** Upstream: image_locality.go calculatePriority (v1.36) */
function calculatePriority(sum: number, numContainers: number): number {
  const most = maxContainerThreshold * numContainers;
  const bounded = Math.min(Math.max(sum, minThreshold), most);
  return Math.trunc((maxNodeScore * (bounded - minThreshold)) / (most - minThreshold));
}

function sumImageScores(node: NodeInfo, images: readonly string[], totalNumNodes: number): number {
  let sum = 0;
  for (const image of images) {
    const state = node.images.get(normalizedImageName(image));
    if (state) sum += Math.trunc(state.sizeBytes * (state.numNodes / totalNumNodes));
  }
  return sum;
}

/** Prefers nodes that have the pod's images, the more the larger and the wider spread they are. Upstream: plugins/imagelocality (v1.36) */
export const newImageLocality = (_: unknown, { lister }: Handle): Plugin => ({
  name,
  // An image counts for more the more nodes have it: a score may change while its node does not.
  signPod: () => (lister.hasImages ? undefined : ''),
  score: (_state, { pod }, node) => {
    if (node.images.size === 0) return 0;
    const { containers = [], initContainers = [], volumes = [] } = pod.spec ?? {};
    const images = [...initContainers, ...containers].map((container) => container.image ?? '');
    for (const { image } of volumes) if (image?.reference) images.push(image.reference);
    const sum = sumImageScores(node, images, lister.nodeInfos.length);
    return calculatePriority(sum, containers.length + initContainers.length);
  },
});
