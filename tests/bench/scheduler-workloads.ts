/**
 * The workloads of Kubernetes' own scheduler benchmark at 5,000 nodes.
 *
 * Upstream: test/integration/scheduler_perf: misc, affinity, topology_spreading, volumes/performance-config.yaml (v1.36)
 */
import type * as corev1 from '../../src/api/core/v1.ts';

export interface NodeGroup {
  readonly count: number;
  readonly name?: string;
  readonly maxPods?: string;
  /** Zones in turn. */
  readonly zones?: readonly string[];
  readonly taints?: readonly corev1.Taint[];
  /** Attachable volumes of the EBS driver. */
  readonly volumes?: number;
}

export interface PodGroup {
  readonly count: number;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec: corev1.PodSpec;
  /** Each pod has a bound volume of its own. */
  readonly volume?: corev1.PersistentVolumeSpec;
}

export interface SchedulerWorkload {
  /** Pods a second that upstream's continuous benchmark asks for, when it asks for any. */
  readonly threshold?: number;
  readonly nodes: readonly NodeGroup[];
  /** Labels of all namespaces. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** A Service that selects `app: scheduler-perf` in the measured namespace. */
  readonly service?: boolean;
  readonly init: readonly PodGroup[];
  readonly measured: PodGroup;
  /** Every `everyMs` of virtual time one pod is created; `recreate`: with a node and a Service, and all deleted again. */
  readonly churn?: { readonly everyMs: number; readonly spec: corev1.PodSpec; readonly recreate?: boolean };
}

const container = (requests: Record<string, string>, limits = requests): corev1.Container => ({
  name: 'pause',
  image: 'registry.k8s.io/pause:3.10.2',
  ports: [{ containerPort: 80 }],
  resources: { requests, limits },
});
const usual = container({ cpu: '100m', memory: '500Mi' });
const bare: corev1.Container = { name: 'pause', image: 'registry.k8s.io/pause:3.10.1' };
const defaultPod: corev1.PodSpec = { containers: [usual] };
const lowPriority: corev1.PodSpec = {
  terminationGracePeriodSeconds: 0,
  containers: [container({ cpu: '900m', memory: '500Mi' })],
};
const highPriority: corev1.PodSpec = {
  priorityClassName: 'high',
  containers: [container({ cpu: '3000m', memory: '500Mi' })],
};
const tooLarge: corev1.PodSpec = {
  priorityClassName: 'high',
  containers: [container({ cpu: '9', memory: '500Mi' }, {})],
};
const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';

function term(color: string, topologyKey: string, byNamespaceLabels = false): corev1.PodAffinityTerm {
  const where = byNamespaceLabels
    ? { namespaceSelector: { matchLabels: { team: 'devops' } } }
    : { namespaces: ['sched-1', 'sched-0'] };
  return { labelSelector: { matchLabels: { color } }, topologyKey, ...where };
}
const affinity = (of: corev1.Affinity): corev1.PodSpec => ({ affinity: of, containers: [usual] });
const required = (of: corev1.PodAffinityTerm) => ({ requiredDuringSchedulingIgnoredDuringExecution: [of] });
const preferred = (of: corev1.PodAffinityTerm) => ({
  preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: of, weight: 1 }],
});
const spread = (whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): corev1.PodSpec => ({
  topologySpreadConstraints: [
    { maxSkew: 5, topologyKey: zone, whenUnsatisfiable, labelSelector: { matchLabels: { color: 'blue' } } },
  ],
  containers: [usual],
});
const inZones: corev1.PodSpec = affinity({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: ['zone1', 'zone2'] }] }],
    },
  },
});
const onOneNode: corev1.PodSpec = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['scheduler-perf-node'] }] },
        ],
      },
    },
  },
  containers: [bare],
};
const volume = (source: Partial<corev1.PersistentVolumeSpec>): corev1.PersistentVolumeSpec => ({
  accessModes: ['ReadOnlyMany'],
  capacity: { storage: '1Gi' },
  persistentVolumeReclaimPolicy: 'Retain',
  ...source,
});

const nodes = 5000;
const plain: readonly NodeGroup[] = [{ count: nodes }];
const inZone1: readonly NodeGroup[] = [{ count: nodes, zones: ['zone1'] }];
const inMoons: readonly NodeGroup[] = [{ count: nodes, zones: ['moon-1', 'moon-2', 'moon-3'] }];
const pods = (count: number, spec: corev1.PodSpec, more: Partial<PodGroup> = {}): PodGroup => ({
  count,
  namespace: 'measured',
  spec,
  ...more,
});
const colored = (color: string, namespace: string) => ({ namespace, labels: { color } });
/** The same pods in two namespaces: some first, then those that are measured. */
const twice = (spec: corev1.PodSpec, color: string, first: number, then: number) => ({
  init: [pods(first, spec, colored(color, 'sched-0'))],
  measured: pods(then, spec, colored(color, 'sched-1')),
});
/** `perNamespace` pods in each of a hundred namespaces first. */
const byNamespaceLabels = (spec: corev1.PodSpec, color: string, perNamespace: number, then: number) => ({
  namespaceLabels: { team: 'devops' },
  init: Array.from({ length: 100 }, (_, i) => pods(perNamespace, spec, colored(color, `init-ns-${i}`))),
  measured: pods(then, spec, colored(color, 'measure-ns-0')),
});
const podAffinity = affinity({ podAffinity: required(term('blue', zone)) });
const podAntiAffinity = affinity({ podAntiAffinity: required(term('green', hostname)) });
const preferredPodAffinity = affinity({ podAffinity: preferred(term('red', hostname)) });
const preferredPodAntiAffinity = affinity({ podAntiAffinity: preferred(term('yellow', hostname)) });

export const schedulerWorkloads: Readonly<Record<string, SchedulerWorkload>> = {
  SchedulingBasic: {
    threshold: 270,
    nodes: plain,
    init: [pods(1000, defaultPod)],
    measured: pods(10_000, defaultPod),
  },
  SchedulingDaemonset: {
    threshold: 390,
    nodes: [{ count: 1, name: 'scheduler-perf-node', maxPods: '90000' }, { count: 15_000 }],
    init: [],
    measured: pods(30_000, onOneNode),
  },
  PreemptionBasic: {
    nodes: [{ count: 1000 }],
    init: [pods(4000, lowPriority)],
    measured: pods(1000, highPriority),
  },
  PreemptionAsync: {
    threshold: 160,
    nodes: plain,
    init: [pods(20_000, lowPriority)],
    measured: pods(5000, defaultPod),
    churn: { everyMs: 200, spec: highPriority },
  },
  Unschedulable: {
    threshold: 170,
    nodes: plain,
    init: [pods(100, defaultPod)],
    measured: pods(10_000, defaultPod),
    churn: { everyMs: 200, spec: tooLarge },
  },
  SchedulingWithMixedChurn: {
    threshold: 265,
    nodes: plain,
    init: [],
    measured: pods(10_000, defaultPod),
    churn: { everyMs: 1000, spec: tooLarge, recreate: true },
  },
  SchedulingPodAntiAffinity: { threshold: 60, nodes: plain, ...twice(podAntiAffinity, 'green', 1000, 2000) },
  SchedulingPodMatchingAntiAffinity: {
    threshold: 600,
    nodes: plain,
    init: [pods(1000, podAntiAffinity, colored('green', 'sched-0'))],
    measured: pods(5000, { containers: [bare] }, colored('green', 'sched-1')),
  },
  SchedulingPodAffinity: { threshold: 35, nodes: inZone1, ...twice(podAffinity, 'blue', 5000, 5000) },
  SchedulingPreferredPodAffinity: { threshold: 90, nodes: plain, ...twice(preferredPodAffinity, 'red', 5000, 5000) },
  SchedulingPreferredPodAntiAffinity: {
    threshold: 90,
    nodes: plain,
    ...twice(preferredPodAntiAffinity, 'yellow', 5000, 5000),
  },
  SchedulingNodeAffinity: {
    threshold: 220,
    nodes: inZone1,
    init: [pods(5000, inZones)],
    measured: pods(10_000, inZones),
  },
  MixedSchedulingBasePod: {
    threshold: 140,
    nodes: inZone1,
    init: [
      pods(2000, defaultPod, { namespace: 'sched-0' }),
      pods(2000, podAffinity, colored('blue', 'sched-0')),
      pods(2000, podAntiAffinity, colored('green', 'sched-0')),
      pods(2000, preferredPodAffinity, colored('red', 'sched-0')),
      pods(2000, preferredPodAntiAffinity, colored('yellow', 'sched-0')),
    ],
    measured: pods(5000, defaultPod),
  },
  SchedulingRequiredPodAntiAffinityWithNSSelector: {
    threshold: 24,
    nodes: [{ count: 6000 }],
    ...byNamespaceLabels(affinity({ podAntiAffinity: required(term('green', hostname, true)) }), 'green', 40, 2000),
  },
  SchedulingPreferredAntiAffinityWithNSSelector: {
    threshold: 55,
    nodes: plain,
    ...byNamespaceLabels(affinity({ podAntiAffinity: preferred(term('green', hostname, true)) }), 'green', 40, 2000),
  },
  SchedulingRequiredPodAffinityWithNSSelector: {
    threshold: 35,
    nodes: inZone1,
    ...byNamespaceLabels(affinity({ podAffinity: required(term('blue', zone, true)) }), 'blue', 50, 2000),
  },
  SchedulingPreferredAffinityWithNSSelector: {
    threshold: 90,
    nodes: plain,
    ...byNamespaceLabels(affinity({ podAffinity: preferred(term('red', hostname, true)) }), 'red', 50, 5000),
  },
  TopologySpreading: {
    threshold: 85,
    nodes: inMoons,
    init: [pods(5000, defaultPod)],
    measured: pods(5000, spread('DoNotSchedule'), { labels: { color: 'blue' } }),
  },
  PreferredTopologySpreading: {
    threshold: 125,
    nodes: inMoons,
    init: [pods(5000, defaultPod)],
    measured: pods(5000, spread('ScheduleAnyway'), { labels: { color: 'blue' } }),
  },
  DefaultTopologySpreading: {
    nodes: inMoons,
    service: true,
    init: [pods(5000, defaultPod, { namespace: 'init' })],
    measured: pods(10_000, { containers: [bare] }, { labels: { app: 'scheduler-perf' } }),
  },
  SchedulingWithNodeInclusionPolicy: {
    threshold: 68,
    nodes: [{ count: 4000 }, { count: 1000, taints: [{ key: 'foo', effect: 'NoSchedule' }] }],
    init: [],
    measured: pods(
      4000,
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: hostname,
            whenUnsatisfiable: 'DoNotSchedule',
            nodeAffinityPolicy: 'Honor',
            nodeTaintsPolicy: 'Honor',
            labelSelector: { matchLabels: { foo: 'bar' } },
          },
        ],
        containers: [usual],
      },
      { labels: { foo: 'bar' } },
    ),
  },
  SchedulingSecrets: {
    threshold: 260,
    nodes: plain,
    init: [pods(1000, { ...defaultPod, volumes: [{ name: 'secret', secret: { secretName: 'secret' } }] })],
    measured: pods(10_000, { ...defaultPod, volumes: [{ name: 'secret', secret: { secretName: 'secret' } }] }),
  },
  SchedulingInTreePVs: {
    threshold: 90,
    nodes: plain,
    init: [pods(1000, defaultPod, { volume: volume({ awsElasticBlockStore: { volumeID: 'vol' } }) })],
    measured: pods(2000, defaultPod, { volume: volume({ awsElasticBlockStore: { volumeID: 'vol' } }) }),
  },
  SchedulingCSIPVs: {
    threshold: 48,
    nodes: [{ count: nodes, volumes: 39 }],
    init: [pods(5000, defaultPod, { volume: volume({ csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol' } }) })],
    measured: pods(5000, defaultPod, { volume: volume({ csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol' } }) }),
  },
};

/** SchedulingBasic on as many nodes as wanted: how the cost grows. */
export const basicOn = (count: number): SchedulerWorkload => ({
  nodes: [{ count }],
  init: [pods(1000, defaultPod)],
  measured: pods(10_000, defaultPod),
});
