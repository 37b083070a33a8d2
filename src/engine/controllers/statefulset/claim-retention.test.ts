import { describe, expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type { OwnerReference } from '../../../apimachinery/object-meta.ts';
import { claimOwnersFor, hasStalePodRef, hasUnexpectedController, isClaimOwnerUpToDate } from './claim-retention.ts';

type Policy = 'Retain' | 'Delete';

const set = (whenScaled: Policy, whenDeleted: Policy, replicas = 2): appsv1.StatefulSet => ({
  metadata: { name: 'set', uid: 'set-uid' },
  spec: {
    replicas,
    selector: {},
    template: {},
    persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted },
  },
});
const pod = (ordinal: number): corev1.Pod => ({ metadata: { name: `pod-${ordinal}`, uid: 'pod-uid' } });
const claim = (ownerReferences: readonly OwnerReference[]): corev1.PersistentVolumeClaim => ({
  metadata: { name: 'target-claim', ownerReferences },
});
const ofPod = (ordinal: number, uid = 'pod-uid', controller = true): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: `pod-${ordinal}`,
  uid,
  ...(controller ? { controller } : {}),
});
const ofSet = (uid = 'set-uid', controller = true): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  name: 'set',
  uid,
  ...(controller ? { controller } : {}),
});
const other = (controller?: boolean): OwnerReference => ({
  apiVersion: 'chipmunks/v1',
  kind: 'CustomController',
  name: 'simon',
  uid: 'other-uid',
  ...(controller === undefined ? {} : { controller }),
});
const eitherWay = [false, true];

const policies = [
  { name: 'retain', whenScaled: 'Retain', whenDeleted: 'Retain', ordinal: 1, byPod: false, bySet: false },
  { name: 'on SS delete', whenScaled: 'Retain', whenDeleted: 'Delete', ordinal: 1, byPod: false, bySet: true },
  {
    name: 'on scaledown only, condemned',
    whenScaled: 'Delete',
    whenDeleted: 'Retain',
    ordinal: 2,
    byPod: true,
    bySet: false,
  },
  {
    name: 'on scaledown only, remains',
    whenScaled: 'Delete',
    whenDeleted: 'Retain',
    ordinal: 1,
    byPod: false,
    bySet: false,
  },
  { name: 'on both, condemned', whenScaled: 'Delete', whenDeleted: 'Delete', ordinal: 2, byPod: true, bySet: false },
  { name: 'on both, remains', whenScaled: 'Delete', whenDeleted: 'Delete', ordinal: 1, byPod: false, bySet: true },
] as const;

// Upstream: pkg/controller/statefulset/stateful_set_utils_test.go TestIsClaimOwnerUpToDate, TestUpdateClaimOwnerRefForSetAndPod (v1.36)
describe.each(policies)('$name', ({ whenScaled, whenDeleted, ordinal, byPod, bySet }) => {
  const owner = set(whenScaled, whenDeleted);
  const wanted = [...(byPod ? [ofPod(ordinal)] : []), ...(bySet ? [ofSet()] : [])];
  const cases = eitherWay.flatMap((podRef) =>
    eitherWay.flatMap((setRef) => eitherWay.map((others) => ({ podRef, setRef, others }))),
  );

  it.each(cases)('claim with pod=$podRef, set=$setRef, others=$others', ({ podRef, setRef, others }) => {
    const strangers = others ? [other()] : [];
    const now = claim([...(podRef ? [ofPod(ordinal)] : []), ...(setRef ? [ofSet()] : []), ...strangers]);
    expect(isClaimOwnerUpToDate(now, owner, pod(ordinal))).toBe(podRef === byPod && setRef === bySet);
    expect(
      claimOwnersFor(now, owner, pod(ordinal)).map(({ kind, name, controller }) => ({ kind, name, controller })),
    ).toEqual([...strangers, ...wanted].map(({ kind, name, controller }) => ({ kind, name, controller })));
  });
});

// Upstream: TestClaimOwnerUpToDateEdgeCases
it.each([
  { name: 'normal controller, pod', refs: [ofPod(3)], whenScaled: 'Delete' as const, expected: true },
  {
    name: 'non-controller causes policy mismatch, pod',
    refs: [ofPod(3, 'pod-uid', false)],
    whenScaled: 'Delete' as const,
    expected: false,
  },
  {
    name: 'stale controller does not affect policy, pod',
    refs: [ofPod(3, 'stale')],
    whenScaled: 'Delete' as const,
    expected: true,
  },
  {
    name: 'unexpected controller causes policy mismatch, pod',
    refs: [ofPod(3), other(true)],
    whenScaled: 'Delete' as const,
    expected: false,
  },
  { name: 'normal controller, set', refs: [ofSet()], whenScaled: 'Retain' as const, expected: true },
  {
    name: 'non-controller causes policy mismatch, set',
    refs: [ofSet('set-uid', false)],
    whenScaled: 'Retain' as const,
    expected: false,
  },
  { name: 'stale controller ignored, set', refs: [ofSet('stale')], whenScaled: 'Retain' as const, expected: true },
  {
    name: 'unexpected controller causes policy mismatch, set',
    refs: [ofSet(), other(true)],
    whenScaled: 'Retain' as const,
    expected: false,
  },
  {
    name: 'unexpected controller alone is left alone',
    refs: [other(true)],
    whenScaled: 'Retain' as const,
    expected: true,
  },
])('isClaimOwnerUpToDate: $name', ({ refs, whenScaled, expected }) => {
  expect(isClaimOwnerUpToDate(claim(refs), set(whenScaled, 'Delete'), pod(3))).toBe(expected);
});

it('claimOwnersFor: unexpected controller', () => {
  const now = claim([ofPod(3), ofSet(), other(true)]);
  expect(claimOwnersFor(now, set('Delete', 'Delete'), pod(3))).toEqual([other(true)]);
});

// Upstream: TestHasUnexpectedController
it.each([
  { name: 'custom controller', refs: [other(true)], expected: true },
  { name: 'custom non-controller', refs: [other(false)], expected: false },
  { name: 'custom unspecified controller', refs: [other()], expected: false },
  { name: 'other pod controller', refs: [ofPod(7, 'other-uid')], expected: true },
  { name: 'own set controller', refs: [ofSet()], expected: false },
  { name: 'own set controller, stale uid', refs: [ofSet('stale-uid')], expected: true },
  { name: 'own pod controller', refs: [ofPod(3)], expected: false },
  { name: 'own pod controller, stale uid', refs: [ofPod(3, 'stale-uid')], expected: true },
  { name: 'own controller and another', refs: [ofPod(3), other(true)], expected: true },
  { name: 'own controller and a non-controller', refs: [ofPod(3), other(false)], expected: false },
])('hasUnexpectedController: $name', ({ refs, expected }) => {
  const seen = [set('Retain', 'Retain'), set('Delete', 'Retain'), set('Retain', 'Delete'), set('Delete', 'Delete')].map(
    (owner) => hasUnexpectedController(claim(refs), owner, pod(3)),
  );
  expect(seen).toEqual([false, expected, expected, expected]);
});

// Upstream: TestHasStaleOwnerRef
it.each([
  { name: 'no owner', refs: [], expected: false },
  { name: 'its pod', refs: [ofPod(3)], expected: false },
  { name: 'a former pod of its name', refs: [ofPod(3, 'former')], expected: true },
  { name: 'another pod', refs: [ofPod(4, 'other')], expected: false },
])('hasStalePodRef: $name', ({ refs, expected }) => {
  expect(hasStalePodRef(claim(refs), pod(3))).toBe(expected);
});
