import { quote } from '../../../../../apimachinery/go-format.ts';

type Interval = readonly [first: number, last: number];

/** An interval as `3` or `3-5`; a text when it is wrong. Upstream: pkg/apis/batch/validation parseIndexInterval (v1.36) */
function parseIndexInterval(text: string, completions: number): Interval | string {
  const limits = text.split('-');
  if (limits.length > 2) {
    return `the fragment ${quote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  }
  for (const limit of limits) {
    if (!/^\+?\d+$/.test(limit)) return `cannot convert string to integer for index: ${quote(limit)}`;
    if (Number(limit) >= completions) return `too large index: ${quote(limit)}`;
  }
  const [first = 0, last = first] = limits.map(Number);
  if (limits.length > 1 && first >= last) return `non-increasing order, previous: ${first}, current: ${last}`;
  return [first, last];
}

/** How many indexes `0,2-4` holds; a text when it is wrong. Upstream: validateIndexesFormat */
export function countIndexes(text: string, completions: number): number | string {
  let total = 0;
  let previous = -1;
  for (const part of text === '' ? [] : text.split(',')) {
    const interval = parseIndexInterval(part, completions);
    if (typeof interval === 'string') return interval;
    const [first, last] = interval;
    if (previous >= first) return `non-increasing order, previous: ${previous}, current: ${first}`;
    total += last - first + 1;
    previous = last;
  }
  return total;
}

/** The first index both hold. Upstream: validateFailedIndexesNotOverlapCompleted */
export function findOverlap(completed: string, failed: string, completions: number): number | undefined {
  const intervals = (text: string): Interval[] =>
    text.split(',').flatMap((part) => {
      const interval = parseIndexInterval(part, completions);
      return typeof interval === 'string' ? [] : [interval];
    });
  const others = intervals(failed);
  for (const [first, last] of intervals(completed)) {
    const other = others.find(([from, to]) => first <= to && from <= last);
    if (other) return Math.max(first, other[0]);
  }
  return undefined;
}
