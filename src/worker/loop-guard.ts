/** Loops in a person's own code are counted: one that never waits would hold the whole worker. */

/** What guarded code calls: its names are parameters of the function that the source becomes. */
export interface LoopGuard {
  /** Counts a round. @throws RangeError when there were too many in one instant */
  readonly __round: () => true;
  /** The same items; taking one is a round. */
  readonly __rounds: <T>(items: Iterable<T>) => Iterable<T>;
}

/** Rounds of all loops together in one instant of virtual time: far more than looking at every object there is. */
const mostRounds = 3_000_000;

/** `now` is virtual time: whatever waits lets it go on, and the count begins anew. */
export function loopGuard(now: () => number): LoopGuard {
  let instant = Number.NaN;
  let rounds = 0;
  const round = (): true => {
    if (++rounds <= mostRounds) return true;
    if (instant === now()) throw new RangeError(`an endless loop: ${mostRounds} rounds, and nothing was waited for`);
    instant = now();
    rounds = 0;
    return true;
  };
  return {
    __round: round,
    *__rounds(items) {
      for (const item of items) {
        round();
        yield item;
      }
    },
  };
}
