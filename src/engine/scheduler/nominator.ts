import type * as corev1 from '../../api/core/v1.ts';
import { metaNamespaceKey } from '../../apimachinery/object-meta.ts';

/**
 * Pods that preemption has promised a node, by node.
 *
 * Upstream: pkg/scheduler/backend/queue/nominator.go (v1.36)
 */
export class Nominator {
  readonly #keysOfNode = new Map<string, Map<string, string>>();
  readonly #nodeOfUid = new Map<string, string>();
  readonly #getPod: (key: string) => corev1.Pod | undefined;

  /** `getPod` gives a pod's newest version by `namespace/name`. */
  constructor(getPod: (key: string) => corev1.Pod | undefined) {
    this.#getPod = getPod;
  }

  get isEmpty(): boolean {
    return this.#nodeOfUid.size === 0;
  }
  /** Promises `nodeName` (empty: none); undefined takes what the pod's own status says. */
  add(pod: corev1.Pod, nodeName: string | undefined): void {
    this.delete(pod);
    const node = nodeName ?? pod.status?.nominatedNodeName ?? '';
    if (node === '') return;
    const key = metaNamespaceKey(pod);
    const newest = this.#getPod(key);
    if (!newest || newest.spec?.nodeName) return;
    const uid = pod.metadata.uid ?? '';
    this.#nodeOfUid.set(uid, node);
    const keys = this.#keysOfNode.get(node);
    if (keys) keys.set(uid, key);
    else this.#keysOfNode.set(node, new Map([[uid, key]]));
  }
  update(old: corev1.Pod, pod: corev1.Pod): void {
    const kept = this.#nodeOfUid.get(old.metadata.uid ?? '');
    const unchanged = !old.status?.nominatedNodeName && !pod.status?.nominatedNodeName;
    this.delete(old);
    this.add(pod, unchanged ? kept : undefined);
  }
  delete(pod: corev1.Pod): void {
    const uid = pod.metadata.uid ?? '';
    const node = this.#nodeOfUid.get(uid);
    if (node === undefined) return;
    this.#nodeOfUid.delete(uid);
    const keys = this.#keysOfNode.get(node);
    keys?.delete(uid);
    if (keys?.size === 0) this.#keysOfNode.delete(node);
  }
  /** Keys (`namespace/name`) of the pods that were promised the node. */
  podsForNode(nodeName: string): Iterable<string> | undefined {
    return this.#keysOfNode.get(nodeName)?.values();
  }
}
