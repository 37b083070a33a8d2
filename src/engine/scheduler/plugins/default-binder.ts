import { pods } from '../../../api/resources.ts';
import type { Handle, Plugin } from '../framework.ts';
import { errorStatus } from '../status.ts';

/** Tells the API server which node a pod goes to. Upstream: plugins/defaultbinder/default_binder.go (v1.36) */
export const newDefaultBinder = (_: unknown, { client }: Handle): Plugin => ({
  name: 'DefaultBinder',
  *bind(_state, { pod }, nodeName) {
    const { namespace, name = '', uid } = pod.metadata;
    const binding = {
      kind: 'Binding',
      apiVersion: 'v1',
      metadata: { name, namespace, uid },
      target: { kind: 'Node', name: nodeName },
    };
    try {
      yield* client.resource(pods, namespace).createSubresource(name, 'binding', binding);
      return undefined;
    } catch (error) {
      return errorStatus(error);
    }
  },
});
