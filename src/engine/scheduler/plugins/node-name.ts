import { action, onEvent } from '../cluster-event.ts';
import type { Plugin } from '../framework.ts';
import { Status } from '../status.ts';

const name = 'NodeName';
const notMatch = new Status('UnschedulableAndUnresolvable', "node(s) didn't match the requested node name", name);

/** Only the node that the pod names. Upstream: plugins/nodename/node_name.go (v1.36) */
export const newNodeName = (): Plugin => ({
  name,
  signPod: (pod) => pod.nodeName,
  filter: (_, pod, node) => (pod.nodeName === '' || pod.nodeName === node.name ? undefined : notMatch),
  eventsToRegister: () => [onEvent('Node', action.add)],
});
