import { nodes, pods } from '../api/resources.ts';
import type * as corev1 from '../api/core/v1.ts';
import type { ComponentContext } from './component.ts';

/** Binds pods to ready nodes in turn, until the scheduler is there. */
export function startStopgapScheduler(context: ComponentContext): void {
  const podInformer = context.informers.informer(pods);
  const nodeInformer = context.informers.informer(nodes);
  let turn = 0;
  const asked = new Set<string>();
  const bind = (pod: corev1.Pod) => {
    const { uid = '', name = '', namespace = '' } = pod.metadata;
    if (pod.spec?.nodeName || asked.has(uid)) return;
    const ready = nodeInformer.store.list().filter((node) => !node.spec?.unschedulable && !(node.spec?.taints ?? []).length);
    const node = ready[turn++ % Math.max(1, ready.length)];
    if (!node) return void context.sim.setTimer(1000, () => bind(podInformer.store.get(`${namespace}/${name}`) ?? pod), { background: true });
    asked.add(uid);
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { kind: 'Node', name: node.metadata.name } };
    context.sim.spawn(context.client.resource(pods, namespace).createSubresource(name, 'binding', body), 'bind');
  };
  podInformer.addEventHandler({ add: bind, update: (_, pod) => bind(pod) });
  context.informers.start();
}
