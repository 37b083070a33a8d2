import { expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { getTargetNodeName, nodeShouldRunDaemonPod, updateLimits } from './daemon-pods.ts';
import { rollingUpdate } from './rolling-update.ts';

const now = Date.UTC(2026, 0, 1);

function daemonSet(
  rollingUpdateBounds: Readonly<Record<string, number | string>> = {},
  spec: Partial<corev1.PodSpec> = {},
): appsv1.DaemonSet {
  const updateStrategy = {
    type: 'RollingUpdate',
    rollingUpdate: rollingUpdateBounds,
  } as appsv1.DaemonSetUpdateStrategy;
  const template = { spec: { containers: [], ...spec } };
  return { metadata: { name: 'ds' }, spec: { selector: {}, template, updateStrategy } };
}
const node = (name: string, taints: readonly (readonly [string, string])[] = [], labels = {}): corev1.Node => ({
  metadata: { name, labels },
  spec: { taints: taints.map(([key, effect]) => ({ key, effect }) as corev1.Taint) },
});

// Upstream: pkg/controller/daemon/daemon_controller_test.go TestNodeShouldRunDaemonPod (v1.36)
it.each([
  ['a node', daemonSet(), node('a'), true, true],
  ['a tainted node', daemonSet(), node('a', [['k', 'NoSchedule']]), false, true],
  ['a node that evicts', daemonSet(), node('a', [['k', 'NoExecute']]), false, false],
  [
    'a tolerated taint',
    daemonSet({}, { tolerations: [{ operator: 'Exists' }] }),
    node('a', [['k', 'NoExecute']]),
    true,
    true,
  ],
  [
    'taints every daemon tolerates',
    daemonSet(),
    node('a', [
      ['node.kubernetes.io/not-ready', 'NoExecute'],
      ['node.kubernetes.io/unschedulable', 'NoSchedule'],
    ]),
    true,
    true,
  ],
  [
    'network unavailable',
    daemonSet(),
    node('a', [['node.kubernetes.io/network-unavailable', 'NoSchedule']]),
    false,
    true,
  ],
  [
    'network unavailable, on the host network',
    daemonSet({}, { hostNetwork: true }),
    node('a', [['node.kubernetes.io/network-unavailable', 'NoSchedule']]),
    true,
    true,
  ],
  ['a node that was not chosen', daemonSet({}, { nodeName: 'b' }), node('a'), false, false],
  ['a selector that does not match', daemonSet({}, { nodeSelector: { disk: 'ssd' } }), node('a'), false, false],
  [
    'a selector that matches',
    daemonSet({}, { nodeSelector: { disk: 'ssd' } }),
    node('a', [], { disk: 'ssd' }),
    true,
    true,
  ],
])('nodeShouldRunDaemonPod: %s', (_, ds, one, shouldRun, shouldContinueRunning) => {
  expect(nodeShouldRunDaemonPod(one, ds)).toEqual({ shouldRun, shouldContinueRunning });
});

it.each([
  ['nothing said', {}, 5, { maxSurge: 0, maxUnavailable: 1 }],
  ['both zero', { maxSurge: 0, maxUnavailable: 0 }, 5, { maxSurge: 0, maxUnavailable: 1 }],
  ['shares are rounded up', { maxSurge: 0, maxUnavailable: '10%' }, 5, { maxSurge: 0, maxUnavailable: 1 }],
  ['surge', { maxSurge: '50%', maxUnavailable: 0 }, 5, { maxSurge: 3, maxUnavailable: 0 }],
  ['no nodes', { maxSurge: 0, maxUnavailable: 0 }, 0, { maxSurge: 0, maxUnavailable: 0 }],
])('updateLimits: %s', (_, bounds, desired, expected) => {
  expect(updateLimits(daemonSet(bounds), desired)).toEqual(expected);
});

it.each([
  ['bound', { nodeName: 'a' }, 'a'],
  ['nowhere', {}, undefined],
  [
    'pinned',
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] }],
          },
        },
      },
    },
    'b',
  ],
])('getTargetNodeName: %s', (_, spec, expected) => {
  expect(getTargetNodeName({ metadata: {}, spec: { containers: [], ...spec } as corev1.PodSpec })).toBe(expected);
});

/** `old` and `new` pods of a node, `!` when not available. */
function podsOf(text: string): ReadonlyMap<string, readonly corev1.Pod[]> {
  const entries = text.split(' ').map((part) => {
    const [name = '', kinds = ''] = part.split(':');
    const pods = kinds.split('+').flatMap((kind): corev1.Pod[] => {
      if (kind === '') return [];
      const status = kind.endsWith('!') ? 'False' : 'True';
      const labels = { 'controller-revision-hash': kind.replace('!', '') };
      const condition = { type: 'Ready', status, lastTransitionTime: formatTime(now - 60_000) } as corev1.PodCondition;
      const made = {
        metadata: { name: `${name}-${kind.replace('!', '')}`, labels },
        spec: { nodeName: name, containers: [] },
      };
      return [{ ...made, status: { phase: 'Running', conditions: [condition] } }];
    });
    return [name, pods] as const;
  });
  return new Map(entries);
}

// After upstream's pkg/controller/daemon/update_test.go (v1.36)
it.each([
  ['one at a time', { maxUnavailable: 1 }, 'a:old b:old c:old', ['a-old'], []],
  ['as many as may be missing', { maxUnavailable: 2 }, 'a:old b:old c:old', ['a-old', 'b-old'], []],
  ['none while a new one is not available', { maxUnavailable: 1 }, 'a:new! b:old c:old', [], []],
  ['none while one is missing', { maxUnavailable: 1 }, 'a: b:old c:old', [], []],
  ['those that are not available in any case', { maxUnavailable: 1 }, 'a:old! b:old! c:old', ['a-old', 'b-old'], []],
  ['none when all are new', { maxUnavailable: 1 }, 'a:new b:new c:new', [], []],
  ['surge: a new one beside the old', { maxSurge: 1, maxUnavailable: 0 }, 'a:old b:old c:old', [], ['a']],
  ['surge: waits for the new one', { maxSurge: 1, maxUnavailable: 0 }, 'a:old+new! b:old c:old', [], []],
  [
    'surge: the old one goes when the new one is available',
    { maxSurge: 1, maxUnavailable: 0 },
    'a:old+new b:old c:old',
    ['a-old'],
    ['b'],
  ],
  [
    'surge: what is not available is replaced at once',
    { maxSurge: 1, maxUnavailable: 0 },
    'a:old! b:old! c:old',
    [],
    ['a', 'b', 'c'],
  ],
] as const)('rollingUpdate: %s', (_, bounds, text, podsToDelete, nodesToCreate) => {
  const podsByNode = podsOf(text);
  const nodes = [...podsByNode.keys()].map((name) => node(name));
  const decision = rollingUpdate({ ds: daemonSet(bounds), nodes, podsByNode, hash: 'new', nowMs: now });
  expect(decision).toEqual({ podsToDelete, nodesToCreate });
});
