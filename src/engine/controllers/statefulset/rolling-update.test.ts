import { expect, it } from 'vitest';
import { podForRollingUpdate } from './rolling-update.ts';
import { podOf, statefulSet } from './stateful-set-fixture.ts';

type State = Parameters<typeof podOf>[3];

/** Each pod as `revision state`, from ordinal 0. */
interface Row {
  readonly name: string;
  readonly pods: readonly string[];
  readonly partition?: number;
  readonly minReadySeconds?: number;
  readonly expected: string | undefined;
}

// Upstream: pkg/controller/statefulset/stateful_set_control_test.go TestStatefulSetControlRollingUpdate,
// TestStatefulSetControlRollingUpdateWithPartition, TestStatefulSetRollingUpdateRespectsMinReadySeconds (v1.36)
it.each<Row>([
  { name: 'the highest ordinal first', pods: ['old', 'old', 'old'], expected: 'foo-2' },
  { name: 'then the one below', pods: ['old', 'old', 'new'], expected: 'foo-1' },
  { name: 'not before the one above is ready', pods: ['old', 'old', 'new unready'], expected: undefined },
  { name: 'not before the one above is back', pods: ['old', 'old', 'new missing'], expected: undefined },
  { name: 'nor while the one above goes', pods: ['old', 'old', 'old terminating'], expected: undefined },
  { name: 'a broken one is no reason to wait', pods: ['old', 'old', 'old unready'], expected: 'foo-2' },
  { name: 'nor is one below', pods: ['old unready', 'old', 'old'], expected: 'foo-2' },
  { name: 'down to the partition', partition: 2, pods: ['old', 'old', 'old'], expected: 'foo-2' },
  { name: 'not below the partition', partition: 2, pods: ['old', 'old', 'new'], expected: undefined },
  { name: 'a partition beyond all', partition: 5, pods: ['old', 'old', 'old'], expected: undefined },
  { name: 'available only after a time', minReadySeconds: 60, pods: ['old', 'new'], expected: undefined },
  { name: 'all done', pods: ['new', 'new'], expected: undefined },
])('podForRollingUpdate: $name', ({ pods, partition, minReadySeconds = 0, expected }) => {
  const rolling = partition === undefined ? {} : { rollingUpdate: { partition } };
  const set = statefulSet(pods.length, { updateStrategy: { type: 'RollingUpdate', ...rolling }, minReadySeconds });
  const replicas = pods.map((text, ordinal) => {
    const [revision = '', state = 'ready'] = text.split(' ');
    return podOf(set, ordinal, revision, state as State);
  });
  expect(podForRollingUpdate(set, replicas, 'new', 30_000)?.metadata.name).toBe(expected);
});
