/**
 * Keeps the status of each pod of a node and tells the API server of changes; deletes the pods that have ended and are to go.
 *
 * Upstream: pkg/kubelet/status/status_manager.go (v1.36). Differs: a pod as the watch gives it stands for the read before each write.
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { pods } from '../../../api/resources.ts';
import { schemaFor } from '../../../api/schema.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import { createTwoWayMergePatch } from '../../../apimachinery/strategic-merge-diff.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { type Process, sleep } from '../../../process/process.ts';
import { type KubeletHost, isStaticPod } from '../kubelet-host.ts';
import { generateReadyConditions, podConditionByKubelet } from './conditions.ts';
import { terminatedStatus } from './terminated-status.ts';
import { TerminationCounts } from './termination-counts.ts';

export interface StatusManagerOptions {
  readonly host: KubeletHost;
  /** The pod as the API has it; a static pod's mirror. */
  readonly apiPod: (uid: string) => corev1.Pod | undefined;
  readonly couldHaveRunningContainers: (uid: string) => boolean;
}

interface Entry {
  readonly pod: corev1.Pod;
  readonly status: corev1.PodStatus;
  readonly version: number;
  readonly podIsFinished: boolean;
}

const retryMs = 10_000;

export class StatusManager {
  readonly terminations = new TerminationCounts();
  readonly #options: StatusManagerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #sent = new Map<string, number>();
  readonly #sending = new Set<string>();
  /** What the API answered last, until the watch has caught up. */
  readonly #answers = new Map<string, corev1.Pod>();
  #stopped = false;

  constructor(options: StatusManagerOptions) {
    this.#options = options;
  }

  /** The status kept for a pod. */
  get(uid: string): corev1.PodStatus | undefined {
    return this.#entries.get(uid)?.status;
  }

  /** Takes a newly made status. A pod that is being deleted is written even when nothing changed. */
  setPodStatus(pod: corev1.Pod, status: corev1.PodStatus): void {
    this.#update(pod, status, { force: pod.metadata.deletionTimestamp !== undefined, podIsFinished: false });
  }

  setContainerReadiness(pod: corev1.Pod, containerId: string, ready: boolean): void {
    this.#updateContainer(pod, containerId, (status) => (status.ready === ready ? status : { ...status, ready }));
  }

  setContainerStartup(pod: corev1.Pod, containerId: string, started: boolean): void {
    this.#updateContainer(pod, containerId, (status) => (status.started === started ? status : { ...status, started }));
  }

  /** The pod has ended for good: whatever is not known to have ended well has failed. */
  terminatePod(pod: corev1.Pod): void {
    const base = this.get(pod.metadata.uid ?? '') ?? pod.status ?? {};
    this.#update(pod, terminatedStatus(pod, base), { force: true, podIsFinished: true });
  }

  /** The pod is gone from the API and from the node. */
  forget(uid: string): void {
    this.#entries.delete(uid);
    this.#sent.delete(uid);
    this.#answers.delete(uid);
  }

  /** Compares with what the API has; writes again what somebody else changed. */
  reconcile(uid: string): void {
    const entry = this.#entries.get(uid);
    const apiPod = this.#options.apiPod(uid);
    if (!entry || !apiPod || this.#sending.has(uid) || this.#sent.get(uid) !== entry.version) return;
    if (this.#isBehind(uid, apiPod)) return;
    this.#answers.delete(uid);
    const deletable = this.#canBeDeleted(apiPod, entry);
    if (!deletable && sameForKubelet(apiPod.status ?? {}, entry.status)) return;
    this.#sent.delete(uid);
    this.#send(uid);
  }

  stop(): void {
    this.#stopped = true;
  }

  #updateContainer(
    pod: corev1.Pod,
    containerId: string,
    change: (status: corev1.ContainerStatus) => corev1.ContainerStatus,
  ): void {
    const old = this.get(pod.metadata.uid ?? '');
    if (!old) return;
    const apiId = `containerd://${containerId}`;
    const apply = (list: readonly corev1.ContainerStatus[] | undefined) =>
      list?.map((status) => (status.containerID === apiId ? change(status) : status)) ?? [];
    const regular = apply(old.containerStatuses);
    const init = apply(old.initContainerStatuses);
    const fresh = generateReadyConditions({
      pod,
      phase: old.phase ?? 'Pending',
      statuses: [...init, ...regular],
      others: (old.conditions ?? []).filter(({ type }) => !podConditionByKubelet(type)),
      previous: old,
    });
    const conditions = (old.conditions ?? []).map(
      (condition) => fresh.find(({ type }) => type === condition.type) ?? condition,
    );
    const status = {
      ...old,
      conditions,
      containerStatuses: regular,
      ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    };
    this.#update(pod, status, { force: false, podIsFinished: false });
  }

  #update(
    pod: corev1.Pod,
    status: corev1.PodStatus,
    { force, podIsFinished }: { readonly force: boolean; readonly podIsFinished: boolean },
  ): void {
    const uid = pod.metadata.uid ?? '';
    const cached = this.#entries.get(uid);
    const old = cached?.status ?? this.#options.apiPod(uid)?.status ?? pod.status ?? {};
    this.terminations.note(old, status);
    const complete = this.#withTimes(status, old);
    const finished = podIsFinished || (cached?.podIsFinished ?? false);
    if (cached && !force && sameForKubelet(cached.status, complete)) return;
    this.#entries.set(uid, { pod, status: complete, version: (cached?.version ?? 0) + 1, podIsFinished: finished });
    this.#send(uid);
  }

  /** A condition keeps its transition time while its status stays; a pod its start time. */
  #withTimes(status: corev1.PodStatus, old: corev1.PodStatus): corev1.PodStatus {
    const now = formatTime(this.#options.host.sim.now());
    const conditions = (status.conditions ?? []).map((condition) => {
      if (!podConditionByKubelet(condition.type) && condition.type !== 'DisruptionTarget') return condition;
      const before = old.conditions?.find(({ type }) => type === condition.type);
      const same = before?.status === condition.status;
      return Object.assign({}, condition, {
        lastTransitionTime: (same ? before?.lastTransitionTime : undefined) ?? now,
      });
    });
    return Object.assign({}, status, { conditions, startTime: old.startTime ?? status.startTime ?? now });
  }

  #send(uid: string): void {
    if (this.#sending.has(uid) || this.#stopped) return;
    this.#sending.add(uid);
    this.#options.host.sim.spawn(this.#sendLatest(uid), 'pod status');
  }

  *#sendLatest(uid: string): Process<void> {
    const { host } = this.#options;
    try {
      const delayMs = host.latency.ms('kubeletStatus');
      if (delayMs > 0) yield* sleep(delayMs);
      for (let entry = this.#entries.get(uid); entry && !this.#stopped; entry = this.#entries.get(uid)) {
        if (this.#sent.get(uid) === entry.version) break;
        if (yield* this.#syncPod(uid, entry)) this.#sent.set(uid, entry.version);
        else yield* sleep(retryMs);
      }
    } finally {
      this.#sending.delete(uid);
    }
  }

  /** Writes one status; gives whether it arrived, or need not any more. */
  *#syncPod(uid: string, entry: Entry): Process<boolean> {
    try {
      const pod = yield* this.#patchStatus(uid, entry);
      if (pod && this.#canBeDeleted(pod, entry)) yield* this.#deletePod(pod);
      return true;
    } catch (error) {
      if (isNotFound(error)) {
        this.#answers.delete(uid);
        return true;
      }
      if (!isConflict(error)) this.#options.host.report(error, `status of pod ${entry.pod.metadata.name ?? ''}`);
      this.#answers.delete(uid);
      return false;
    }
  }

  *#patchStatus(uid: string, entry: Entry): Process<corev1.Pod | undefined> {
    const { host, apiPod } = this.#options;
    const seen = apiPod(uid);
    if (!seen) return undefined;
    const base = newer(this.#answers.get(uid), seen);
    const { name = '', namespace } = base.metadata;
    const merged = this.#merge(base, entry.status);
    const patch = statusPatch(base.status ?? {}, merged);
    if (!patch) return base;
    const body = Object.assign({ metadata: { uid: base.metadata.uid } }, patch);
    const answer = yield* host.client
      .resource(pods, namespace)
      .patch(name, 'strategic', body, { subresource: 'status' });
    this.#answers.set(uid, answer);
    return answer;
  }

  /** Conditions of others stay; a pod is not said to have ended while containers may run. */
  #merge(pod: corev1.Pod, status: corev1.PodStatus): corev1.PodStatus {
    const old = pod.status ?? {};
    const { couldHaveRunningContainers } = this.#options;
    const ending = !isTerminal(old.phase) && isTerminal(status.phase);
    const running = ending && couldHaveRunningContainers(pod.metadata.uid ?? '');
    const own = (status.conditions ?? []).filter(({ type }) => podConditionByKubelet(type));
    const disruption = (status.conditions ?? []).find(({ type }) => type === 'DisruptionTarget');
    const foreign = (old.conditions ?? []).filter(
      ({ type }) => !podConditionByKubelet(type) && !(ending && !running && disruption && type === 'DisruptionTarget'),
    );
    const shared = ending && !running && disruption ? [disruption] : [];
    const merged = Object.assign(
      {},
      status,
      { conditions: [...foreign, ...shared, ...own] },
      old.resourceClaimStatuses ? { resourceClaimStatuses: old.resourceClaimStatuses } : undefined,
      old.nominatedNodeName ? { nominatedNodeName: old.nominatedNodeName } : undefined,
    );
    if (!running) return merged;
    const { phase, reason, message, ...rest } = merged;
    return {
      ...rest,
      ...(old.phase ? { phase: old.phase } : phase ? { phase } : {}),
      ...(old.reason ? { reason: old.reason } : {}),
      ...(old.message ? { message: old.message } : {}),
      conditions: notReady(merged.conditions, phase),
    };
  }

  #canBeDeleted(pod: corev1.Pod, entry: Entry): boolean {
    if (pod.metadata.deletionTimestamp === undefined || isStaticPod(pod)) return false;
    return isTerminal(pod.status?.phase) && entry.podIsFinished;
  }

  *#deletePod(pod: corev1.Pod): Process<void> {
    const { name = '', namespace, uid } = pod.metadata;
    yield* this.#options.host.client
      .resource(pods, namespace)
      .delete(name, { gracePeriodSeconds: 0, ...(uid ? { preconditions: { uid } } : {}) });
  }

  #isBehind(uid: string, seen: corev1.Pod): boolean {
    const answer = this.#answers.get(uid);
    return answer !== undefined && newer(answer, seen) !== seen;
  }
}

const isTerminal = (phase: string | undefined): boolean => phase === 'Failed' || phase === 'Succeeded';

/** While the end is held back, the pod is already said not to be ready. */
function notReady(
  conditions: readonly corev1.PodCondition[],
  phase: string | undefined,
): readonly corev1.PodCondition[] {
  const reason = phase === 'Failed' ? 'PodFailed' : 'PodCompleted';
  return conditions.map((condition) =>
    condition.type === 'Ready' || condition.type === 'ContainersReady'
      ? { ...condition, status: 'False', reason }
      : condition,
  );
}

/** The later of two versions of one object; the second when they are equal. */
function newer(answer: corev1.Pod | undefined, seen: corev1.Pod): corev1.Pod {
  if (!answer || answer.metadata.uid !== seen.metadata.uid) return seen;
  return Number(answer.metadata.resourceVersion) > Number(seen.metadata.resourceVersion) ? answer : seen;
}

/** Equal in all that a kubelet writes. Upstream: isPodStatusByKubeletEqual */
function sameForKubelet(a: corev1.PodStatus, b: corev1.PodStatus): boolean {
  if (!sameConditions(a.conditions ?? [], b.conditions ?? [])) return false;
  return deepEqual(kubeletPart(a), kubeletPart(b));
}

function sameConditions(a: readonly corev1.PodCondition[], b: readonly corev1.PodCondition[]): boolean {
  const own = (list: readonly corev1.PodCondition[]) => list.filter(({ type }) => podConditionByKubelet(type));
  const [ours, theirs] = [own(a), own(b)];
  return ours.length === theirs.length && ours.every((condition) => sameCondition(condition, theirs));
}

function sameCondition(condition: corev1.PodCondition, others: readonly corev1.PodCondition[]): boolean {
  const other = others.find(({ type }) => type === condition.type);
  return (
    other?.status === condition.status &&
    (other.reason ?? '') === (condition.reason ?? '') &&
    (other.message ?? '') === (condition.message ?? '') &&
    (other.observedGeneration ?? 0) === (condition.observedGeneration ?? 0)
  );
}

function kubeletPart(status: corev1.PodStatus): Partial<corev1.PodStatus> {
  const { conditions, resourceClaimStatuses, nominatedNodeName, extendedResourceClaimStatus, ...rest } = status;
  return {
    ...rest,
    containerStatuses: (rest.containerStatuses ?? []).map(withLastState),
    initContainerStatuses: (rest.initContainerStatuses ?? []).map(withLastState),
    ephemeralContainerStatuses: (rest.ephemeralContainerStatuses ?? []).map(withLastState),
  };
}

/** The API shows an empty `lastState` where nothing was written. */
const withLastState = (status: corev1.ContainerStatus): corev1.ContainerStatus => ({
  ...status,
  lastState: status.lastState ?? {},
  resources: status.resources ?? {},
});

/** The strategic merge patch from one status to another, as client-go makes it; undefined when there is no difference. */
function statusPatch(from: corev1.PodStatus, to: corev1.PodStatus): object | undefined {
  const schema = schemaFor({ group: '', version: 'v1', kind: 'Pod' });
  if (!schema) return { status: to };
  // Statuses are plain JSON; their types only lack the index signature.
  const patch = createTwoWayMergePatch(
    { status: from as unknown as JsonObject },
    { status: to as unknown as JsonObject },
    schema,
  );
  return Object.keys(patch).length === 0 ? undefined : patch;
}
