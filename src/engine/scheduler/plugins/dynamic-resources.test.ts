import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { deviceClasses, resourceClaims, resourceSlices } from '../../../api/resources.ts';
import { CycleState } from '../cycle-state.ts';
import { NodeToStatus } from '../fit-error.ts';
import type { PostFilterResult } from '../framework.ts';
import { makeNode, makePod, PluginFixture } from '../plugin-fixture.ts';
import { PodInfo } from '../pod-info.ts';

type Claim = resourcev1.ResourceClaim;

const driver = 'some-driver';
const className = 'my-resource-class';
const podName = 'my-pod';
const claimName = 'my-pod-my-resource';
const uid = `default/${podName}`;
const worker = makeNode('worker', { labels: { nodename: 'worker' } });

const exactly = (deviceClassName: string): resourcev1.DeviceRequest => ({
  name: 'req-1',
  exactly: { deviceClassName, allocationMode: 'ExactCount', count: 1 },
});
const anyOf = (deviceClassName: string): resourcev1.DeviceRequest => ({
  name: 'req-1',
  firstAvailable: [{ name: 'subreq-1', deviceClassName, allocationMode: 'ExactCount', count: 1 }],
});
const pending = (request = exactly(className), name = claimName): Claim => ({
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: podName, uid, controller: true }],
  },
  spec: { devices: { requests: [request] } },
});
const allocatedTo = (nodename: string, reservedFor: readonly string[] = []): Claim => ({
  ...pending(),
  status: {
    allocation: {
      devices: { results: [{ driver, pool: 'worker', device: 'instance-1', request: 'req-1' }] },
      nodeSelector: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'nodename', operator: 'In', values: [nodename] }] }],
      },
    },
    ...(reservedFor.length > 0
      ? { reservedFor: reservedFor.map((id) => ({ resource: 'pods', name: id, uid: id })) }
      : {}),
  },
});
const slice: resourcev1.ResourceSlice = {
  metadata: { name: 'worker-slice' },
  spec: {
    driver,
    nodeName: 'worker',
    pool: { name: 'worker', generation: 1, resourceSliceCount: 1 },
    devices: [{ name: 'instance-1' }],
  },
};

const withName: Partial<corev1.PodSpec> = { resourceClaims: [{ name: 'resource', resourceClaimName: claimName }] };
const withTemplate: Partial<corev1.PodSpec> = {
  resourceClaims: [{ name: 'resource', resourceClaimTemplateName: 'my-template' }],
};
const created: corev1.PodStatus = { resourceClaimStatuses: [{ name: 'resource', resourceClaimName: claimName }] };

interface Case {
  readonly name: string;
  readonly spec?: Partial<corev1.PodSpec>;
  readonly status?: corev1.PodStatus;
  readonly claims?: readonly Claim[];
  readonly classes?: readonly string[];
  readonly slices?: readonly resourcev1.ResourceSlice[];
  /** Point → what is said; a point that is not named has nothing against the pod. */
  readonly want: Readonly<Partial<Record<'preEnqueue' | 'preFilter' | 'filter' | 'postFilter', string>>>;
  /** The claim's allocation is taken away. */
  readonly deallocates?: boolean;
}

const unresolvable = 'UnschedulableAndUnresolvable';
const text = (verdict: { readonly code: string; readonly message: string } | undefined) =>
  verdict && `${verdict.code}: ${verdict.message}`;

function answers({ spec = {}, status, claims = [], classes = [className], slices = [] }: Case) {
  const fixture = new PluginFixture(['DynamicResources'], { nodes: [worker] });
  const { informers, framework } = fixture;
  for (const claim of claims) informers.informer(resourceClaims).store.put(claim);
  for (const name of classes) informers.informer(deviceClasses).store.put({ metadata: { name }, spec: {} });
  for (const found of slices) informers.informer(resourceSlices).store.put(found);
  const pod: corev1.Pod = { ...makePod({ name: podName, spec }), ...(status ? { status } : {}) };
  const info = new PodInfo(pod);
  const state = new CycleState();
  const said: Record<string, string> = {};
  const note = (point: string, verdict: string | undefined) => {
    if (verdict !== undefined) said[point] = verdict;
    return verdict !== undefined;
  };
  if (note('preEnqueue', text(framework.preEnqueue(pod)))) return { said, waits: false };
  const isRefused = note('preFilter', text(framework.runPreFilterPlugins(state, info).status));
  const [node] = fixture.cache.nodeInfos;
  const filtered = isRefused || !node ? undefined : framework.runFilterPlugins(state, info, node);
  if (!note('filter', text(filtered)) && !isRefused) return { said, waits: false };
  const step = framework.runPostFilterPlugins(state, info, new NodeToStatus()).next();
  if (step.done) note('postFilter', text((step.value as PostFilterResult).status));
  return { said, waits: !step.done };
}

// Upstream: plugins/dynamicresources/dynamicresources_test.go TestPlugin (v1.36)
describe('the points of DynamicResources', () => {
  it.each<Case>([
    { name: 'empty', want: {} },
    { name: 'claim-reference', spec: withName, claims: [allocatedTo('worker')], want: {} },
    { name: 'claim-template', spec: withTemplate, status: created, claims: [allocatedTo('worker')], want: {} },
    {
      name: 'missing-claim',
      spec: withTemplate,
      claims: [allocatedTo('worker')],
      want: { preEnqueue: `${unresolvable}: pod "default/my-pod": ResourceClaim not created yet` },
    },
    {
      name: 'deleted-claim',
      spec: withTemplate,
      status: created,
      claims: [
        {
          ...allocatedTo('worker'),
          metadata: { ...pending().metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
        },
      ],
      want: { preEnqueue: `${unresolvable}: resourceclaim "my-pod-my-resource" is being deleted` },
    },
    {
      name: 'wrong-claim',
      spec: withTemplate,
      status: created,
      claims: [
        {
          ...allocatedTo('worker'),
          metadata: {
            ...pending().metadata,
            ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: podName, uid: 'another', controller: true }],
          },
        },
      ],
      want: {
        preEnqueue: `${unresolvable}: ResourceClaim default/my-pod-my-resource was not created for Pod default/my-pod (Pod is not owner)`,
      },
    },
    {
      name: 'no-resources',
      spec: withName,
      claims: [pending()],
      want: {
        filter: `${unresolvable}: cannot allocate all claims`,
        postFilter: 'Unschedulable: still not schedulable',
      },
    },
    { name: 'with-resources', spec: withName, claims: [pending()], slices: [slice], want: {} },
    {
      name: 'exhausted-resources-in-informer-cache',
      spec: withName,
      claims: [
        pending(),
        { ...allocatedTo('worker'), metadata: { ...pending().metadata, name: 'other', uid: 'uid-other' } },
      ],
      slices: [slice],
      want: {
        filter: `${unresolvable}: cannot allocate all claims`,
        postFilter: 'Unschedulable: still not schedulable',
      },
    },
    {
      name: 'wrong-topology',
      spec: withName,
      claims: [allocatedTo('no-such-node')],
      want: { filter: `${unresolvable}: resourceclaim not available on the node` },
      deallocates: true,
    },
    {
      name: 'wrong-topology, reserved for the pod itself',
      spec: withName,
      claims: [allocatedTo('no-such-node', [uid])],
      want: { filter: `${unresolvable}: resourceclaim not available on the node` },
      deallocates: true,
    },
    {
      name: 'wrong-topology, used by another',
      spec: withName,
      claims: [allocatedTo('no-such-node', ['another'])],
      want: {
        filter: `${unresolvable}: resourceclaim not available on the node`,
        postFilter: 'Unschedulable: still not schedulable',
      },
    },
    { name: 'good-topology', spec: withName, claims: [allocatedTo('worker')], want: {} },
    {
      name: 'claim-with-request-with-unknown-device-class',
      spec: withName,
      claims: [pending(exactly('does-not-exist'))],
      want: {
        preFilter: `${unresolvable}: request req-1: device class does-not-exist does not exist`,
        postFilter: 'Unschedulable: no new claims to deallocate',
      },
    },
    {
      name: 'claim-with-prioritized-list-unknown-device-class',
      spec: withName,
      claims: [pending(anyOf('does-not-exist'))],
      want: {
        preFilter: `${unresolvable}: request req-1/subreq-1: device class does-not-exist does not exist`,
        postFilter: 'Unschedulable: no new claims to deallocate',
      },
    },
    {
      name: 'claim-with-prioritized-list',
      spec: withName,
      claims: [pending(anyOf(className))],
      slices: [slice],
      want: {},
    },
  ])('$name', ({ want, deallocates = false, ...world }) => {
    expect(answers({ ...world, name: '', want: {} })).toEqual({ said: want, waits: deallocates });
  });
});
