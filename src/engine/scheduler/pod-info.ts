import type * as corev1 from '../../api/core/v1.ts';
import { metaNamespaceKey } from '../../apimachinery/object-meta.ts';
import { type AffinityTerms, affinityTermsOf } from './affinity-term.ts';
import { type PodClaim, podClaims } from './pod-claims.ts';
import { getHostPorts, type HostPort } from './host-ports.ts';
import { nonZeroRequests, podRequests } from './pod-requests.ts';
import type { Resource } from './resource.ts';

export const podPriority = (pod: corev1.Pod): number => pod.spec?.priority ?? 0;

/**
 * A pod with what the scheduler derives of it once: requests, ports, affinity terms. Upstream: framework/types.go PodInfo (v1.36)
 */
export class PodInfo {
  /** Its newest version; the spec it was made of does not change, but for its requests (then a new PodInfo is made). */
  pod: corev1.Pod;
  readonly uid: string;
  readonly key: string;
  readonly namespace: string;
  readonly priority: number;
  /** Where its spec says it is; empty while it is nowhere. */
  readonly nodeName: string;
  /** Whether it has inter-pod affinity. */
  readonly hasAffinity: boolean;
  #requests: Resource | undefined;
  #nonZero: Resource | undefined;
  #terms: AffinityTerms | undefined;
  #ports: readonly HostPort[] | undefined;
  #volumeClaims: readonly PodClaim[] | undefined;

  constructor(pod: corev1.Pod) {
    this.pod = pod;
    this.uid = pod.metadata.uid ?? '';
    this.namespace = pod.metadata.namespace ?? '';
    this.key = metaNamespaceKey(pod);
    this.priority = podPriority(pod);
    this.nodeName = pod.spec?.nodeName ?? '';
    const affinity = pod.spec?.affinity;
    this.hasAffinity = affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined;
  }

  get requests(): Resource {
    this.#requests ??= podRequests(this.pod, { useStatus: true });
    return this.#requests;
  }
  /** Requests as scoring counts them. */
  get nonZeroRequests(): Resource {
    this.#nonZero ??= nonZeroRequests(this.pod, this.requests);
    return this.#nonZero;
  }
  /** Inter-pod affinity. @throws SelectorError */
  get terms(): AffinityTerms {
    this.#terms ??= affinityTermsOf(this.pod);
    return this.#terms;
  }
  get hostPorts(): readonly HostPort[] {
    this.#ports ??= getHostPorts(this.pod);
    return this.#ports;
  }
  /** The claims of its volumes. */
  get volumeClaims(): readonly PodClaim[] {
    this.#volumeClaims ??= podClaims(this.pod);
    return this.#volumeClaims;
  }
  /** The claims it names, without those of ephemeral volumes. */
  get claimNames(): readonly string[] {
    const names: string[] = [];
    for (const { persistentVolumeClaim } of this.pod.spec?.volumes ?? []) {
      if (persistentVolumeClaim) names.push(persistentVolumeClaim.claimName);
    }
    return names;
  }
  /** The same pod as it will stand on a node. */
  assignedTo(nodeName: string): PodInfo {
    const copy = new PodInfo({ ...this.pod, spec: { ...(this.pod.spec ?? { containers: [] }), nodeName } });
    copy.#requests = this.#requests;
    copy.#nonZero = this.#nonZero;
    copy.#terms = this.#terms;
    copy.#ports = this.#ports;
    copy.#volumeClaims = this.#volumeClaims;
    return copy;
  }
}
