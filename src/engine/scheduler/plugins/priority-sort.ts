import type { Plugin } from '../framework.ts';

/** Higher priority first, then first come. Upstream: plugins/queuesort/priority_sort.go (v1.36) */
export const newPrioritySort = (): Plugin => ({
  name: 'PrioritySort',
  less: (a, b) => {
    if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
    return a.timestamp === b.timestamp ? a.sequence < b.sequence : a.timestamp < b.timestamp;
  },
});
