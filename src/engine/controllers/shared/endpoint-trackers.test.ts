import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { EndpointSliceTracker } from './endpoint-slice-tracker.ts';
import { TriggerTimeTracker } from './trigger-time-tracker.ts';

const slice = (uid: string, generation: number): discoveryv1.EndpointSlice => ({
  metadata: { name: uid, uid, generation },
  addressType: 'IPv4',
  endpoints: [],
});

// Upstream: endpointslice/util/endpointslice_tracker_test.go TestEndpointSliceTrackerStaleSlices (v1.36)
it.each([
  { name: 'empty tracker', written: [], gone: [], view: [], expected: false },
  { name: 'empty slices', written: [slice('a', 1)], gone: [], view: [slice('a', 1)], expected: false },
  { name: 'a slice of the view is older', written: [slice('a', 2)], gone: [], view: [slice('a', 1)], expected: true },
  { name: 'a slice of the view is newer', written: [slice('a', 1)], gone: [], view: [slice('a', 2)], expected: false },
  { name: 'a slice is missing in the view', written: [slice('a', 1)], gone: [], view: [], expected: true },
  { name: 'a slice of somebody else', written: [], gone: [], view: [slice('b', 1)], expected: false },
  {
    name: 'a slice that is to go is missing',
    written: [slice('a', 1)],
    gone: [slice('a', 1)],
    view: [],
    expected: false,
  },
  {
    name: 'a slice that is to go is still there',
    written: [slice('a', 1)],
    gone: [slice('a', 1)],
    view: [slice('a', 1)],
    expected: true,
  },
])('staleSlices: $name', ({ written, gone, view, expected }) => {
  const tracker = new EndpointSliceTracker();
  for (const one of written) tracker.update('svc', one);
  for (const one of gone) tracker.expectDeletion('svc', one);
  expect(tracker.staleSlices('svc', view)).toBe(expected);
});

// Upstream: TestEndpointSliceTrackerUpdate, TestEndpointSliceTrackerDeletion
it('a tracker knows what it expects, and whether a deletion was', () => {
  const tracker = new EndpointSliceTracker();
  tracker.update('svc', slice('a', 3));
  expect([slice('a', 3), slice('a', 2), slice('b', 3)].map((one) => tracker.expects('svc', one))).toEqual([
    true,
    false,
    false,
  ]);
  expect(tracker.handleDeletion('svc', slice('a', 3))).toBe(false);
  tracker.update('svc', slice('b', 1));
  tracker.expectDeletion('svc', slice('b', 1));
  expect(tracker.handleDeletion('svc', slice('b', 1))).toBe(true);
  tracker.forget('svc');
  expect(tracker.staleSlices('svc', [])).toBe(false);
});

const time = (second: number) => `2018-01-01T00:00:0${second}Z`;
const service = (second: number): corev1.Service => ({ metadata: { name: 'svc', creationTimestamp: time(second) } });
const pod = (name: string, second: number): corev1.Pod => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time(second) }] },
});

// Upstream: endpointslice/util/trigger_time_tracker_test.go (v1.36)
it.each([
  { name: 'NewService_NoPods', steps: [{ service: 2, pods: [] }], expected: [2] },
  {
    name: 'NewService_ExistingPods',
    steps: [{ service: 3, pods: [pod('a', 0), pod('b', 1), pod('c', 5)] }],
    expected: [0],
  },
  {
    name: 'NewPod',
    steps: [
      { service: 2, pods: [] },
      { service: 2, pods: [pod('a', 5)] },
    ],
    expected: [2, 5],
  },
  {
    name: 'NoChange',
    steps: [
      { service: 1, pods: [pod('a', 5)] },
      { service: 1, pods: [pod('a', 5)] },
    ],
    expected: [1, undefined],
  },
  {
    name: 'UpdatedPodWithTheSameSecond',
    steps: [
      { service: 1, pods: [pod('a', 5)] },
      { service: 1, pods: [pod('a', 5), pod('b', 7)] },
    ],
    expected: [1, 7],
  },
  {
    name: 'DeletedPod',
    steps: [
      { service: 1, pods: [pod('a', 5)] },
      { service: 1, pods: [] },
    ],
    expected: [1, undefined],
  },
  {
    name: 'ServiceDeletedAdded',
    steps: [
      { service: 1, pods: [] },
      { service: 8, pods: [] },
    ],
    expected: [1, 8],
  },
])('trigger time: $name', ({ steps, expected }) => {
  const tracker = new TriggerTimeTracker();
  const times = steps.map((step) => tracker.compute('svc', service(step.service), step.pods));
  expect(times).toEqual(expected.map((second) => (second === undefined ? undefined : time(second))));
});
