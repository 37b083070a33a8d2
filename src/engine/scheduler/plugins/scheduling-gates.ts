import type * as corev1 from '../../../api/core/v1.ts';
import { action, onEvent } from '../cluster-event.ts';
import type { Plugin } from '../framework.ts';
import { Status } from '../status.ts';

const name = 'SchedulingGates';

/** Keeps a pod back while it has scheduling gates. Upstream: plugins/schedulinggates/scheduling_gates.go (v1.36) */
export const newSchedulingGates = (): Plugin => ({
  name,
  preEnqueue: (pod) => {
    const gates = pod.spec?.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    const text = `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`;
    return new Status('UnschedulableAndUnresolvable', text, name);
  },
  eventsToRegister: () => [
    onEvent<corev1.Pod>('Pod', action.updatePodSchedulingGatesEliminated, (pod, _, updated) => {
      return updated?.metadata.uid === pod.metadata.uid;
    }),
  ],
});
