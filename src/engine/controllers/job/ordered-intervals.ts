/** Whole numbers from `first` to `last`, both included. */
interface Interval {
  readonly first: number;
  readonly last: number;
}

/**
 * A set of indexes as ranges in order: how an indexed Job says which indexes are done.
 *
 * Upstream: pkg/controller/job/indexed_job_utils.go orderedIntervals (v1.36)
 */
export class OrderedIntervals {
  readonly intervals: readonly Interval[];
  constructor(intervals: readonly Interval[] = []) {
    this.intervals = intervals;
  }

  /** Reads `0,2-4`; what is beyond `completions` is left out. */
  static parse(text: string, completions: number): OrderedIntervals {
    const out: Interval[] = [];
    for (const part of text === '' ? [] : text.split(',')) {
      const [from = '', to] = part.split('-');
      const first = Number(from);
      const last = to === undefined ? first : Number(to);
      if (!Number.isInteger(first) || !Number.isInteger(last)) continue;
      if (first >= completions) break;
      out.push({ first, last: Math.min(last, completions - 1) });
    }
    return new OrderedIntervals().merge(new OrderedIntervals(out));
  }

  get total(): number {
    return this.intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }
  has(index: number): boolean {
    return this.intervals.some(({ first, last }) => first <= index && index <= last);
  }
  with(indexes: Iterable<number>): OrderedIntervals {
    const sorted = [...indexes].sort((a, b) => a - b);
    return this.merge(new OrderedIntervals(sorted.map((index) => ({ first: index, last: index }))));
  }
  merge(other: OrderedIntervals): OrderedIntervals {
    const sorted = [...this.intervals, ...other.intervals].sort((a, b) => a.first - b.first);
    const out: Interval[] = [];
    for (const interval of sorted) {
      const previous = out.at(-1);
      if (!previous || interval.first > previous.last + 1) out.push(interval);
      else if (interval.last > previous.last) out[out.length - 1] = { first: previous.first, last: interval.last };
    }
    return new OrderedIntervals(out);
  }
  /** How many indexes are in both. */
  overlap(other: OrderedIntervals): number {
    let count = 0;
    for (const a of this.intervals) {
      for (const b of other.intervals) count += Math.max(0, Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1);
    }
    return count;
  }
  toString(): string {
    return this.intervals
      .map(({ first, last }) => (last === first ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`))
      .join(',');
  }
}
