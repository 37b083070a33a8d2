import type * as autoscalingv1 from '../../../api/autoscaling/v1.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { ScaleStrategy } from '../registry/resource-definition.ts';

/** The Scale of an object. */
export function scaleOf(strategy: ScaleStrategy, object: KubernetesObject): autoscalingv1.Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = strategy.selector(object);
  const replicas = strategy.specReplicas(object);
  const metadata = Object.fromEntries(
    Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: strategy.statusReplicas(object), ...(selector === '' ? {} : { selector }) },
  };
}
