import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';
import { ControllerExpectations } from './expectations.ts';

// Upstream: pkg/controller/controller_utils_test.go TestControllerExpectations, TestUIDExpectations (v1.36)
it('expectations hold until all that was asked for has been seen', () => {
  const expectations = new ControllerExpectations(() => 0);
  expect(expectations.satisfiedExpectations('rs')).toBe(true);
  expectations.setExpectations('rs', 2, ['ns/a', 'ns/b']);
  const steps: readonly (() => void)[] = [
    () => expectations.creationObserved('rs'),
    () => expectations.creationObserved('rs'),
    () => expectations.deletionObserved('rs', 'ns/a'),
    () => expectations.deletionObserved('rs', 'ns/a'),
    () => expectations.deletionObserved('rs', 'ns/b'),
  ];
  const seen = steps.map((step) => {
    step();
    return expectations.satisfiedExpectations('rs');
  });
  expect(seen).toEqual([false, false, false, false, true]);
});

it('a deletion is seen once, whoever is told twice; that of a stranger counts for nothing', () => {
  const expectations = new ControllerExpectations(() => 0);
  expectations.expectDeletions('rs', ['ns/a', 'ns/b']);
  for (const pod of ['ns/x', 'ns/a', 'ns/a']) expectations.deletionObserved('rs', pod);
  expect(expectations.satisfiedExpectations('rs')).toBe(false);
});

it('expectations are given up after five minutes, and forgotten when told so', () => {
  let now = 0;
  const expectations = new ControllerExpectations(() => now);
  expectations.expectCreations('rs', 1);
  now = 300_000;
  expect(expectations.satisfiedExpectations('rs')).toBe(false);
  now = 300_001;
  expect(expectations.satisfiedExpectations('rs')).toBe(true);
  expectations.expectCreations('rs', 1);
  expect(expectations.satisfiedExpectations('rs')).toBe(false);
  expectations.deleteExpectations('rs');
  expect(expectations.satisfiedExpectations('rs')).toBe(true);
});

// Upstream: client-go/util/flowcontrol/backoff_test.go TestSlowBackoff, TestBackoffReset, TestBackoffHighWaterMark (v1.36)
it('waits double up to the longest', () => {
  const backoff = new Backoff(() => 0, 1000, 50_000);
  const waits = Array.from({ length: 8 }, () => {
    backoff.next('id');
    return backoff.get('id') / 1000;
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 50, 50]);
  backoff.reset('id');
  expect(backoff.get('id')).toBe(0);
});

it('a wait is forgotten after twice the longest, and lasts from its last step', () => {
  let now = 0;
  const backoff = new Backoff(() => now, 1000, 10_000);
  backoff.next('id');
  backoff.next('id');
  expect(backoff.isInBackOffSinceUpdate('id')).toBe(true);
  now = 1999;
  expect(backoff.isInBackOffSinceUpdate('id')).toBe(true);
  now = 2000;
  expect(backoff.isInBackOffSinceUpdate('id')).toBe(false);
  now = 20_001;
  backoff.next('id');
  expect(backoff.get('id')).toBe(1000);
  expect(backoff.isInBackOffSinceUpdate('other')).toBe(false);
});
