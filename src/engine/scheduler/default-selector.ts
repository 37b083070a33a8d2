import type * as corev1 from '../../api/core/v1.ts';
import { replicaSets, replicationControllers, services, statefulSets } from '../../api/resources.ts';
import { type Labels, labelSelectorAsSelector, type Selector, selectorFromSet } from '../../apimachinery/labels.ts';
import { getControllerOf } from '../../apimachinery/object-meta.ts';
import type { InformerFactory } from '../../client/informer.ts';

/**
 * What holds a pod's kin together: the selectors of its services and of its controller.
 *
 * Upstream: plugins/helper/spread.go DefaultSelector (v1.36)
 */
export function newDefaultSelector(informers: InformerFactory): (pod: corev1.Pod) => Selector {
  const serviceStore = informers.informer(services).store;
  const replicationControllerStore = informers.informer(replicationControllers).store;
  const replicaSetStore = informers.informer(replicaSets).store;
  const statefulSetStore = informers.informer(statefulSets).store;

  function ofServices(pod: corev1.Pod): Labels {
    const set: Record<string, string> = Object.create(null);
    for (const { spec } of serviceStore.list(pod.metadata.namespace)) {
      if (spec?.selector && selectorFromSet(spec.selector).matches(pod.metadata.labels)) {
        Object.assign(set, spec.selector);
      }
    }
    return set;
  }
  return (pod) => {
    const labels = ofServices(pod);
    const selector = selectorFromSet(labels);
    const owner = getControllerOf(pod);
    if (!owner) return selector;
    const key = `${pod.metadata.namespace ?? ''}/${owner.name}`;
    switch (`${owner.apiVersion} ${owner.kind}`) {
      case 'v1 ReplicationController':
        return selectorFromSet({ ...labels, ...replicationControllerStore.get(key)?.spec?.selector });
      case 'apps/v1 ReplicaSet':
        return withSelector(selector, replicaSetStore.get(key)?.spec?.selector);
      case 'apps/v1 StatefulSet':
        return withSelector(selector, statefulSetStore.get(key)?.spec?.selector);
      default:
        return selector;
    }
  };
}

function withSelector(selector: Selector, more: Parameters<typeof labelSelectorAsSelector>[0]): Selector {
  return more ? selector.add(...labelSelectorAsSelector(more).requirements) : selector;
}
