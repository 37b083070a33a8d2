import type * as corev1 from '../../../api/core/v1.ts';
import { action, onEvent } from '../cluster-event.ts';
import { type Plugin, skip } from '../framework.ts';
import { getHostPorts, HostPortInfo } from '../host-ports.ts';
import { Status } from '../status.ts';

const name = 'NodePorts';
const taken = new Status('Unschedulable', "node(s) didn't have free ports for the requested pod ports", name);

/** Only nodes where the pod's host ports are free. Upstream: plugins/nodeports/node_ports.go (v1.36) */
export const newNodePorts = (): Plugin => ({
  name,
  signPod: ({ hostPorts }) => (hostPorts.length === 0 ? '' : JSON.stringify(hostPorts)),
  preFilter: (_, pod) => (pod.hostPorts.length === 0 ? skip : undefined),
  filter: (_, pod, node) => {
    for (const port of pod.hostPorts) if (node.usedPorts.conflicts(port)) return taken;
    return undefined;
  },
  eventsToRegister: () => [
    onEvent<corev1.Pod>('Pod', action.delete, (pod, deleted) => {
      if (!deleted?.spec?.nodeName && !deleted?.status?.nominatedNodeName) return false;
      const freed = HostPortInfo.of(getHostPorts(deleted));
      return getHostPorts(pod).some((port) => freed.conflicts(port));
    }),
    onEvent('Node', action.add),
  ],
});
