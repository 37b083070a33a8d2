import { expect, it } from 'vitest';
import { summaryOf } from './apply-file.ts';

it.each([
  ['deployment.apps/web created\n', 'deployment.apps/web created'],
  ['a created\nb created\nc unchanged\n', '2 created, 1 unchanged'],
  ['', 'Applied'],
])('%j', (stdout, summary) => {
  expect(summaryOf(stdout)).toBe(summary);
});
