/**
 * Resizes of running pods: what a pod asks for now, what the node has granted, and what is said of the difference.
 *
 * Upstream: pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/events/resize.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { canAdmitPod } from './admission.ts';
import { type KubeletHost, recordPodEvent } from './kubelet-host.ts';
import { containerResources } from './kuberuntime/container-resources.ts';
import { podRequests } from './pod-resources.ts';
import type { RuntimePodStatus } from './runtime-pod.ts';

type Resources = ReadonlyMap<string, corev1.ResourceRequirements>;

interface Entry {
  granted: Resources;
  pending: corev1.PodCondition | undefined;
  inProgress: corev1.PodCondition | undefined;
}

export interface AllocationManagerOptions {
  readonly host: KubeletHost;
  readonly node: () => corev1.Node | undefined;
  /** Pods that use the node, as they were granted. */
  readonly activePods: () => readonly corev1.Pod[];
}

export class AllocationManager {
  readonly #options: AllocationManagerOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: AllocationManagerOptions) {
    this.#options = options;
  }

  /** Grants what a new pod asks for. */
  addPod(pod: corev1.Pod): void {
    this.#entries.set(uidOf(pod), { granted: resourcesOf(pod), pending: undefined, inProgress: undefined });
  }

  forget(uid: string): void {
    this.#entries.delete(uid);
  }

  /** Whether a resize of some pod waits for room. */
  get hasPendingResizes(): boolean {
    return [...this.#entries.values()].some(({ pending }) => pending !== undefined);
  }

  /** The pod with the resources it was granted; the pod itself when they are what it asks for. */
  allocatedPod(pod: corev1.Pod): corev1.Pod {
    const entry = this.#entries.get(uidOf(pod));
    if (!entry || !pod.spec || sameResources(entry.granted, resourcesOf(pod))) return pod;
    const grant = (container: corev1.Container): corev1.Container => {
      const resources = entry.granted.get(container.name);
      return resources ? { ...container, resources } : container;
    };
    const { initContainers } = pod.spec;
    return {
      ...pod,
      spec: {
        ...pod.spec,
        containers: pod.spec.containers.map(grant),
        ...(initContainers ? { initContainers: initContainers.map(grant) } : {}),
      },
    };
  }

  /** Grants a change of resources when there is room; says why not otherwise. Upstream: handlePodResourcesResize */
  handleResize(pod: corev1.Pod): void {
    const entry = this.#entries.get(uidOf(pod));
    if (!entry) return;
    const wanted = resourcesOf(pod);
    if (sameResources(entry.granted, wanted)) {
      entry.pending = undefined;
      return;
    }
    const refusal = this.#refusal(pod);
    if (refusal) return this.#refuse(pod, entry, refusal);
    entry.granted = wanted;
    entry.pending = undefined;
    entry.inProgress = this.#condition('PodResizeInProgress', pod);
    recordPodEvent(this.#options.host, pod, 'Normal', 'ResizeStarted', `Pod resize started: ${summary(pod)}`);
  }

  /** A granted resize cannot be carried out (now). Upstream: status_manager.go SetPodResizeInProgressCondition */
  resizeFailed(pod: corev1.Pod, message: string): void {
    const entry = this.#entries.get(uidOf(pod));
    if (!entry || entry.inProgress?.message === message) return;
    entry.inProgress = { ...this.#condition('PodResizeInProgress', pod), reason: 'Error', message };
    const text = `Pod resize error: ${summary(pod, pod.metadata.generation, message)}`;
    recordPodEvent(this.#options.host, pod, 'Warning', 'ResizeError', text);
  }

  /** Looks whether a granted resize is done; the conditions that the pod's status shows. */
  resizeConditions(pod: corev1.Pod, runtimeStatus: RuntimePodStatus): readonly corev1.PodCondition[] {
    const entry = this.#entries.get(uidOf(pod));
    if (!entry) return [];
    if (isInProgress(pod, runtimeStatus)) entry.inProgress ??= this.#condition('PodResizeInProgress', pod);
    else if (entry.inProgress) {
      const generation = entry.inProgress.observedGeneration ?? pod.metadata.generation;
      entry.inProgress = undefined;
      const text = `Pod resize completed: ${summary(pod, generation)}`;
      recordPodEvent(this.#options.host, pod, 'Normal', 'ResizeCompleted', text);
    }
    return [entry.pending, entry.inProgress].filter((condition) => condition !== undefined);
  }

  #refusal(pod: corev1.Pod): { readonly reason: 'Infeasible' | 'Deferred'; readonly message: string } | undefined {
    const node = this.#options.node();
    const allocatable = node?.status?.allocatable ?? {};
    for (const [name, amount] of podRequests(pod)) {
      if (name !== 'cpu' && name !== 'memory') continue;
      const capacity = parseQuantity(allocatable[name] ?? '0');
      const value = (quantity: typeof amount) => (name === 'cpu' ? quantity.milliValue() : quantity.value());
      if (value(amount) > value(capacity)) {
        const message = `Node didn't have enough capacity: ${name}, requested: ${value(amount)}, capacity: ${value(capacity)}`;
        return { reason: 'Infeasible', message };
      }
    }
    const rejection = canAdmitPod(pod, node, this.#options.activePods());
    return rejection ? { reason: 'Deferred', message: rejection.message } : undefined;
  }

  #refuse(
    pod: corev1.Pod,
    entry: Entry,
    { reason, message }: { readonly reason: 'Infeasible' | 'Deferred'; readonly message: string },
  ): void {
    const before = entry.pending;
    entry.pending = { ...this.#condition('PodResizePending', pod), reason, message };
    const generation = pod.metadata.generation;
    if (before?.reason === reason && before.observedGeneration === generation) return;
    const text = `Pod resize ${reason}: ${summary(pod, generation, message)}`;
    recordPodEvent(this.#options.host, pod, 'Warning', `Resize${reason}`, text);
  }

  #condition(type: string, pod: corev1.Pod): corev1.PodCondition {
    const { generation } = pod.metadata;
    return {
      type,
      status: 'True',
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      lastTransitionTime: formatTime(this.#options.host.sim.now()),
    };
  }
}

const uidOf = (pod: corev1.Pod): string => pod.metadata.uid ?? '';

function resourcesOf(pod: corev1.Pod): Resources {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return new Map(containers.map(({ name, resources }) => [name, resources ?? {}]));
}

function sameResources(a: Resources, b: Resources): boolean {
  for (const [name, resources] of b) {
    const other = a.get(name);
    if (other !== resources && !deepEqual(other, resources)) return false;
  }
  return true;
}

/** Whether a running container has other resources than it was granted. */
function isInProgress(pod: corev1.Pod, runtimeStatus: RuntimePodStatus): boolean {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].some((container) => {
    const status = runtimeStatus.containers.find(({ name }) => name === container.name);
    return status?.state === 'running' && !deepEqual(status.resources, containerResources(container));
  });
}

/** The resources of a pod's containers as JSON, in the order in which events have them. */
function summary(pod: corev1.Pod, generation = pod.metadata.generation, error?: string): string {
  const list = (containers: readonly corev1.Container[] | undefined) =>
    containers?.map(({ name, resources }) => ({ name, resources: resources ?? {} }));
  const init = list(pod.spec?.initContainers);
  return JSON.stringify({
    ...(init && init.length > 0 ? { initContainers: init } : {}),
    containers: list(pod.spec?.containers) ?? [],
    generation: generation ?? 0,
    ...(error ? { error } : {}),
  });
}
