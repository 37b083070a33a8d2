/**
 * Watches how much memory and disk the node's pods use, and ends pods before the node itself runs out.
 *
 * Upstream: pkg/kubelet/eviction (v1.36), with the default hard thresholds memory.available<100Mi and nodefs.available<10%.
 */
import type * as corev1 from '../../api/core/v1.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import type { Machine } from '../nodes/machines.ts';
import { type KubeletHost, recordPodEvent } from './kubelet-host.ts';
import type { Rejection } from './admission.ts';
import { localStorageExcess } from './local-storage.ts';
import type { Pressure } from './node-status.ts';
import { getPodQOS, podRequests } from './pod-resources.ts';
import type { KillOptions } from './pod-worker.ts';
import type { MountedVolume } from './volumes/mounted-volume.ts';

export interface EvictionManagerOptions {
  readonly host: KubeletHost;
  readonly machine: Machine;
  readonly activePods: () => readonly corev1.Pod[];
  readonly volumesOf: (podUid: string) => ReadonlyMap<string, MountedVolume>;
  readonly evict: (pod: corev1.Pod, options: KillOptions) => void;
  readonly pressureChanged: () => void;
}

type Resource = 'memory' | 'ephemeral-storage';

const monitoringMs = 10_000;
const pressureTransitionMs = 300_000;
const memoryThresholdBytes = 100 * 1024 * 1024;
const diskThresholdShare = 0.1;

export class EvictionManager {
  readonly #options: EvictionManagerOptions;
  readonly #lastSeenMs = new Map<Resource, number>();
  #cancel: (() => void) | undefined;

  constructor(options: EvictionManagerOptions) {
    this.#options = options;
  }

  /** What the node is short of now, or was until a moment ago. */
  get pressure(): Pressure {
    return { memory: this.#has('memory'), disk: this.#has('ephemeral-storage'), pid: false };
  }

  start(): void {
    const { sim } = this.#options.host;
    this.#cancel = sim.setTimer(
      monitoringMs,
      () => {
        this.synchronize();
        this.start();
      },
      { background: true },
    );
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Whether a new pod may start while the node is short of something. */
  admit(pod: corev1.Pod): Rejection | undefined {
    const { memory, disk } = this.pressure;
    if (!memory && !disk) return undefined;
    if (isCritical(pod)) return undefined;
    if (memory && !disk && getPodQOS(pod) !== 'BestEffort') return undefined;
    const conditions = [memory ? 'MemoryPressure' : '', disk ? 'DiskPressure' : ''].filter((name) => name !== '');
    return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
  }

  /** Looks at the usage: ends pods that exceed limits of their own, or else at most one for what the node is short of. */
  synchronize(): void {
    if (this.#evictByOwnLimits()) return;
    const { host, machine } = this.#options;
    const usage = this.#usageByPod();
    const total = (name: Resource) => [...usage.values()].reduce((sum, each) => sum + each[name], 0);
    const before = this.pressure;
    const memory = parseQuantity(machine.spec.memory).value();
    const disk = parseQuantity(machine.spec.ephemeralStorage).value();
    const available = { memory: memory - total('memory'), 'ephemeral-storage': disk - total('ephemeral-storage') };
    const thresholds = { memory: memoryThresholdBytes, 'ephemeral-storage': disk * diskThresholdShare };
    const names: readonly Resource[] = ['memory', 'ephemeral-storage'];
    const short = names.filter((name) => available[name] < thresholds[name]);
    for (const name of short) this.#lastSeenMs.set(name, host.sim.now());
    const now = this.pressure;
    if (now.memory !== before.memory || now.disk !== before.disk) this.#options.pressureChanged();
    const [worst] = short;
    if (worst) this.#evictOne(worst, { usage, available: available[worst], threshold: thresholds[worst] });
  }

  #has(name: Resource): boolean {
    const seen = this.#lastSeenMs.get(name);
    return seen !== undefined && this.#options.host.sim.now() - seen < pressureTransitionMs;
  }

  /** Gives whether any pod was ended. */
  #evictByOwnLimits(): boolean {
    const limited = this.#options.activePods().filter((pod) => isLimited(pod) && !isCritical(pod));
    if (limited.length === 0) return false;
    const containers = this.#diskByContainer();
    const excesses = limited.flatMap((pod) => {
      const uid = pod.metadata.uid ?? '';
      const volumes = new Map([...this.#options.volumesOf(uid)].map(([name, { fs }]) => [name, fs.usedBytes]));
      const message = localStorageExcess(pod, {
        containers: containers.get(uid) ?? new Map<string, number>(),
        volumes,
      });
      return message === undefined ? [] : [{ pod, message }];
    });
    for (const { pod, message } of excesses) this.#evict(pod, message, 1);
    return excesses.length > 0;
  }

  #diskByContainer(): ReadonlyMap<string, Map<string, number>> {
    const { runtime } = this.#options.host;
    const byPod = new Map<string, Map<string, number>>();
    for (const { sandboxId, name, rootfsBytes, logBytes } of runtime.usage()) {
      const uid = runtime.podSandboxStatus(sandboxId)?.config.uid ?? '';
      const containers = byPod.get(uid) ?? new Map<string, number>();
      containers.set(name, (containers.get(name) ?? 0) + rootfsBytes + logBytes);
      byPod.set(uid, containers);
    }
    return byPod;
  }

  #evict(
    pod: corev1.Pod,
    message: string,
    gracePeriodSeconds: number,
    conditions?: NonNullable<KillOptions['conditions']>,
  ): void {
    recordPodEvent(this.#options.host, pod, 'Warning', 'Evicted', message);
    const status = { phase: 'Failed' as const, reason: 'Evicted', message };
    this.#options.evict(pod, { gracePeriodSeconds, status, ...(conditions ? { conditions } : {}) });
  }

  #usageByPod(): ReadonlyMap<string, Record<Resource, number>> {
    const { runtime } = this.#options.host;
    const usage = new Map<string, Record<Resource, number>>();
    for (const each of runtime.usage()) {
      const uid = runtime.podSandboxStatus(each.sandboxId)?.config.uid ?? '';
      const sum = usage.get(uid) ?? { memory: 0, 'ephemeral-storage': 0 };
      sum.memory += each.memoryBytes;
      sum['ephemeral-storage'] += each.rootfsBytes + each.logBytes;
      usage.set(uid, sum);
    }
    return usage;
  }

  #evictOne(
    name: Resource,
    found: {
      readonly usage: ReadonlyMap<string, Record<Resource, number>>;
      readonly available: number;
      readonly threshold: number;
    },
  ): void {
    const { activePods } = this.#options;
    const used = (pod: corev1.Pod) => found.usage.get(pod.metadata.uid ?? '')?.[name] ?? 0;
    const [victim] = activePods()
      .filter((pod) => !isCritical(pod))
      .sort((a, b) => rank(a, b, name, used));
    if (!victim) return;
    const message = evictionMessage(name, found, victim, used(victim));
    this.#evict(victim, message, 0, [
      { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message },
    ]);
  }
}

/** Those over their requests first, then by priority, then by how much they are over. Upstream: rankMemoryPressure */
function rank(a: corev1.Pod, b: corev1.Pod, name: Resource, used: (pod: corev1.Pod) => number): number {
  const over = (pod: corev1.Pod) => used(pod) - (podRequests(pod).get(name)?.value() ?? 0);
  const exceeds = (pod: corev1.Pod) => (over(pod) > 0 ? 0 : 1);
  const byExcess = exceeds(a) - exceeds(b);
  if (byExcess !== 0) return byExcess;
  const byPriority = (a.spec?.priority ?? 0) - (b.spec?.priority ?? 0);
  return byPriority !== 0 ? byPriority : over(b) - over(a);
}

/** Whether the pod sets limits to what it keeps on the node's disk. */
function isLimited({ spec }: corev1.Pod): boolean {
  return (
    (spec?.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ||
    (spec?.containers ?? []).some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined)
  );
}

function isCritical(pod: corev1.Pod): boolean {
  return (
    (pod.spec?.priority ?? 0) >= 2_000_000_000 || pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file'
  );
}

const kibibytes = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`;

function evictionMessage(
  name: Resource,
  { available, threshold }: { readonly available: number; readonly threshold: number },
  pod: corev1.Pod,
  podBytes: number,
): string {
  const head = `The node was low on resource: ${name}. Threshold quantity: ${kibibytes(threshold)}, available: ${kibibytes(Math.max(0, available))}. `;
  const request = podRequests(pod).get(name);
  const containers = pod.spec?.containers ?? [];
  const share = containers.length === 0 ? 0 : podBytes / containers.length;
  if (podBytes <= (request?.value() ?? 0)) return head;
  const texts = containers.map(
    (container) =>
      `Container ${container.name} was using ${kibibytes(share)}, request is ${container.resources?.requests?.[name] ?? '0'}, has larger consumption of ${name}. `,
  );
  return head + texts.join('');
}
