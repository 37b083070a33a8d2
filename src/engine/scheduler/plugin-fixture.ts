/** For tests of plugins: nodes with pods on them, and one plugin, without an API server. */
import type * as corev1 from '../../api/core/v1.ts';
import { Client } from '../../client/client.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { InformerFactory } from '../../client/informer.ts';
import { Sim } from '../sim/sim.ts';
import { SchedulerCache } from './cache.ts';
import { createPlugins, type ProfileConfiguration } from './configuration.ts';
import { CycleState } from './cycle-state.ts';
import type { Handle } from './framework.ts';
import { Framework } from './framework-runtime.ts';
import { PodInfo } from './pod-info.ts';

export interface PodShape {
  readonly name?: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly isDeleting?: boolean;
  /** One container for each. */
  readonly requests?: readonly Readonly<Record<string, string>>[];
  readonly spec?: Partial<corev1.PodSpec>;
}

export function makePod(shape: PodShape = {}): corev1.Pod {
  const { name = 'p', namespace = 'default', node, labels, priority, requests = [{}] } = shape;
  return {
    metadata: {
      name,
      namespace,
      uid: `${namespace}/${name}`,
      ...(labels ? { labels } : {}),
      ...(shape.isDeleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      containers: requests.map((asked, i) => ({ name: `c${i}`, image: 'app', resources: { requests: asked } })),
      ...(node === undefined ? {} : { nodeName: node }),
      ...(priority === undefined ? {} : { priority }),
      ...shape.spec,
    },
  };
}

export interface NodeShape {
  readonly labels?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly taints?: readonly corev1.Taint[];
  readonly unschedulable?: boolean;
  readonly images?: readonly corev1.ContainerImage[];
}

export function makeNode(name: string, shape: NodeShape = {}): corev1.Node {
  const { labels = {}, allocatable = { cpu: '8', memory: '16Gi', pods: '110' }, taints, unschedulable, images } = shape;
  return {
    metadata: { name, labels },
    spec: { ...(taints ? { taints } : {}), ...(unschedulable ? { unschedulable } : {}) },
    status: { allocatable, ...(images ? { images } : {}) },
  };
}

export class PluginFixture {
  readonly cache = new SchedulerCache();
  readonly sim = new Sim();
  readonly informers: InformerFactory;
  readonly framework: Framework;

  /** Only the plugins named run. */
  constructor(
    plugins: readonly string[],
    cluster: { readonly nodes: readonly corev1.Node[]; readonly pods?: readonly corev1.Pod[] },
    pluginConfig: ProfileConfiguration['pluginConfig'] = [],
  ) {
    const client = new Client({ request: () => ({ abort: () => {}, send: () => {}, closeSend: () => {} }) });
    this.informers = new InformerFactory(client, this.sim);
    const handle: Handle = {
      profileName: 'default-scheduler',
      sim: this.sim,
      client,
      informers: this.informers,
      random: this.sim.random,
      recorder: new EventRecorder(client, this.sim, { component: 'default-scheduler' }),
      lister: this.cache,
      extenders: [],
      compileDeviceSelector: () => () => false,
      getWaitingPod: () => undefined,
      waitingPods: () => [],
      report: (error) => {
        throw error;
      },
      nominatedPodsForNode: () => [],
      activate: () => {},
      runFilterPluginsWithNominatedPods: (...args) => this.framework.runFilterPluginsWithNominatedPods(...args),
      runAddPod: (...args) => this.framework.runAddPod(...args),
      runRemovePod: (...args) => this.framework.runRemovePod(...args),
    };
    const enabled = plugins.map((name) => ({ name }));
    this.framework = new Framework({
      profileName: 'default-scheduler',
      plugins: createPlugins({ plugins: { multiPoint: { disabled: [{ name: '*' }], enabled } }, pluginConfig }, handle),
      nodeInfos: () => this.cache.nodeInfos,
      nodeChanges: this.cache.changes,
      nominatedPodsForNode: () => [],
    });
    for (const node of cluster.nodes) this.cache.putNode(node);
    for (const pod of cluster.pods ?? []) this.cache.putPod(pod);
  }

  /** By node: what Filter says (`code: reasons`), or `ok`; one string when PreFilter refuses the pod itself. */
  filter(pod: corev1.Pod): Record<string, string> | string {
    const state = new CycleState();
    const info = new PodInfo(pod);
    const { status } = this.framework.runPreFilterPlugins(state, info);
    if (status) return `${status.code}: ${status.message}`;
    return Object.fromEntries(
      this.cache.nodeInfos.map((node) => {
        const verdict = this.framework.runFilterPlugins(state, info, node);
        return [node.name, verdict ? `${verdict.code}: ${verdict.message}` : 'ok'];
      }),
    );
  }
  /** By node: the normalised scores, weighted and added up. */
  score(pod: corev1.Pod): Record<string, number> {
    const state = new CycleState();
    const info = new PodInfo(pod);
    this.framework.runPreFilterPlugins(state, info);
    const nodes = this.cache.nodeInfos;
    const { totals } = this.framework.runScorePlugins(state, info, nodes);
    return Object.fromEntries(nodes.map((node, i) => [node.name, totals[i] ?? 0]));
  }
}
