import { nodes } from '../../../api/resources.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { defineController } from '../define-controller.ts';

const annotation = 'node.alpha.kubernetes.io/ttl';

/** How long kubelets may keep secrets and config maps: seconds by the number of nodes. */
const boundaries: readonly (readonly [upToNodes: number, seconds: number])[] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
  [Number.POSITIVE_INFINITY, 300],
];

/**
 * Tells each node how long its kubelet may keep what it has read: the longer the more nodes there are.
 *
 * Upstream: pkg/controller/ttl (v1.36). Differs: no hysteresis at the boundaries.
 */
export const ttlController = defineController({
  name: 'ttl-controller',
  start(run) {
    const informer = run.informer(nodes);
    const queue = run.queue();
    let seconds = 0;
    const resize = () => {
      const now = boundaries.find(([upTo]) => informer.store.size <= upTo)?.[1] ?? 0;
      if (now === seconds) return;
      seconds = now;
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
        if (!node || node.metadata.annotations?.[annotation] === String(seconds)) return;
        try {
          const metadata = { annotations: { [annotation]: String(seconds) } };
          yield* run.client.resource(nodes).patch(name, 'strategic', { metadata });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      },
    });
  },
});
