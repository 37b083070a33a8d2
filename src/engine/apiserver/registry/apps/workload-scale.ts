import { labelSelectorAsSelector, type LabelSelector } from '../../../../apimachinery/labels.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import type { ScaleStrategy } from '../resource-definition.ts';

interface Workload extends KubernetesObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
}

/** The scale of Deployments, ReplicaSets and StatefulSets. */
export const workloadScale: ScaleStrategy = {
  replicasPath: ['spec', 'replicas'],
  specReplicas: (object: Workload) => object.spec?.replicas ?? 0,
  statusReplicas: (object: Workload) => object.status?.replicas ?? 0,
  selector: (object: Workload) => labelSelectorAsSelector(object.spec?.selector).toString(),
  setReplicas(draft, replicas) {
    const workload = draft as { spec?: object };
    workload.spec = { ...workload.spec, replicas };
  },
};
