import { nodes } from '../../../api/resources.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { defineController } from '../define-controller.ts';

const annotation = 'node.alpha.kubernetes.io/ttl';

/** How long kubelets may keep secrets and config maps: seconds, for numbers of nodes that overlap so that nothing swings. */
const boundaries: readonly { readonly from: number; readonly to: number; readonly seconds: number }[] = [
  { from: 0, to: 100, seconds: 0 },
  { from: 90, to: 500, seconds: 15 },
  { from: 450, to: 1000, seconds: 30 },
  { from: 900, to: 2000, seconds: 60 },
  { from: 1800, to: Number.POSITIVE_INFINITY, seconds: 300 },
];

/** The step that holds for so many nodes, coming from another. Upstream: ttl_controller.go addNode, deleteNode (v1.36) */
export function boundaryStep(step: number, nodeCount: number): number {
  const { from = 0, to = 0 } = boundaries[step] ?? {};
  if (nodeCount > to) return boundaryStep(step + 1, nodeCount);
  return nodeCount < from ? boundaryStep(step - 1, nodeCount) : step;
}

/**
 * Tells each node how long its kubelet may keep what it has read: the longer the more nodes there are.
 *
 * Upstream: pkg/controller/ttl (v1.36)
 */
export const ttlController = defineController({
  name: 'ttl-controller',
  start(run) {
    const informer = run.informer(nodes);
    const queue = run.queue();
    let step = 0;
    const resize = () => {
      const now = boundaryStep(step, informer.store.size);
      if (now === step) return;
      step = now;
      for (const node of informer.store.list()) queue.add(node.metadata.name ?? '');
    };
    run.watch(informer, {
      add: (node) => {
        resize();
        queue.add(node.metadata.name ?? '');
      },
      update: (old, node) => {
        if (old.metadata.annotations?.[annotation] !== node.metadata.annotations?.[annotation]) {
          queue.add(node.metadata.name ?? '');
        }
      },
      delete: resize,
    });
    run.work({
      queue,
      informers: [informer],
      *reconcile(name) {
        const node = informer.store.get(name);
        const seconds = String(boundaries[step]?.seconds ?? 0);
        if (!node || node.metadata.annotations?.[annotation] === seconds) return;
        try {
          const metadata = { annotations: { [annotation]: seconds } };
          yield* run.client.resource(nodes).patch(name, 'strategic', { metadata });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      },
    });
  },
});
