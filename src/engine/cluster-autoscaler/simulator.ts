/**
 * Tries out placements with the scheduler's own plugins, on a copy of the cluster that may be changed.
 *
 * Upstream: cluster-autoscaler/simulator (v1.34)
 */
import type * as corev1 from '../../api/core/v1.ts';
import type { ComponentContext } from '../component.ts';
import { SchedulerCache } from '../scheduler/cache.ts';
import { createPlugins } from '../scheduler/configuration.ts';
import { CycleState } from '../scheduler/cycle-state.ts';
import type { Handle, SharedLister } from '../scheduler/framework.ts';
import { Framework } from '../scheduler/framework-runtime.ts';
import { PodInfo } from '../scheduler/pod-info.ts';

/** The framework, over whatever snapshot is looked at. */
export class Simulator {
  readonly #framework: Framework;
  #cache = new SchedulerCache();

  constructor(context: ComponentContext) {
    const cache = () => this.#cache;
    const lister: SharedLister = {
      get nodeInfos() {
        return cache().nodeInfos;
      },
      nodeInfo: (name) => cache().nodeInfo(name),
      get hasImages() {
        return cache().hasImages;
      },
      isClaimUsed: (key) => cache().isClaimUsed(key),
      podsByNode: (question) => cache().podsByNode(question),
      podsByTopology: (question, key) => cache().podsByTopology(question, key),
      domains: (key) => cache().domains(key),
      lacksLabel: (key) => cache().lacksLabel(key),
      affinityTerms: (kind) => cache().affinityTerms(kind),
    };
    const { sim, client, informers, random } = context;
    const handle: Handle = {
      profileName: 'default-scheduler',
      sim,
      client,
      informers,
      random,
      recorder: context.recorder('cluster-autoscaler'),
      lister,
      extenders: [],
      compileDeviceSelector: () => () => false,
      getWaitingPod: () => undefined,
      waitingPods: () => [],
      report: (error, what) => context.report(error, what),
      nominatedPodsForNode: () => [],
      activate: () => {},
      runFilterPluginsWithNominatedPods: (...args) => this.#framework.runFilterPluginsWithNominatedPods(...args),
      runAddPod: (...args) => this.#framework.runAddPod(...args),
      runRemovePod: (...args) => this.#framework.runRemovePod(...args),
    };
    this.#framework = new Framework({
      profileName: 'default-scheduler',
      plugins: createPlugins({}, handle),
      nodeInfos: () => this.#cache.nodeInfos,
      nominatedPodsForNode: () => [],
    });
  }

  /** Begins anew with these nodes and the pods that are on them. */
  snapshot(nodes: readonly corev1.Node[], pods: readonly corev1.Pod[]): void {
    this.#cache = new SchedulerCache();
    for (const node of nodes) this.#cache.putNode(node);
    const names = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const pod of pods) if (names.has(pod.spec?.nodeName)) this.#cache.putPod(pod);
  }

  addNode(node: corev1.Node): void {
    this.#cache.putNode(node);
  }

  /** Why a pod does not fit on a node; empty when it does. */
  reasons(pod: corev1.Pod, nodeName: string): readonly string[] {
    const info = new PodInfo(pod);
    const state = new CycleState();
    const { status, nodeNames } = this.#framework.runPreFilterPlugins(state, info);
    if (status) return status.reasons;
    const node = this.#cache.nodeInfo(nodeName);
    if (!node || (nodeNames && !nodeNames.has(nodeName))) return ["node(s) didn't match Pod's node affinity/selector"];
    return this.#framework.runFilterPlugins(state, info, node)?.reasons ?? [];
  }

  /** Puts a pod on the first of these nodes that it fits on, and gives that node. */
  place(pod: corev1.Pod, nodeNames: readonly string[]): string | undefined {
    const found = nodeNames.find((name) => this.reasons(pod, name).length === 0);
    if (found !== undefined) this.#cache.putPod({ ...pod, spec: { containers: [], ...pod.spec, nodeName: found } });
    return found;
  }
}
