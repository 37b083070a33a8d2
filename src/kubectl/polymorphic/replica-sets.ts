import type * as appsv1 from '../../api/apps/v1.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';

const hashLabel = 'pod-template-hash';

/** A template without the label that tells a deployment's sets apart. */
export function withoutHash(template: corev1.PodTemplateSpec | undefined): corev1.PodTemplateSpec {
  const { [hashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/** Those that the deployment controls. */
export const ownedReplicaSets = (
  { metadata }: appsv1.Deployment,
  sets: readonly appsv1.ReplicaSet[],
): appsv1.ReplicaSet[] =>
  sets.filter((set) =>
    set.metadata?.ownerReferences?.some(({ controller, uid }) => controller === true && uid === metadata?.uid),
  );

/** The oldest one with the deployment's template. Upstream: kubectl/pkg/util/deployment/deployment.go findNewReplicaSet (v1.36) */
export function findNewReplicaSet(
  deployment: appsv1.Deployment,
  sets: readonly appsv1.ReplicaSet[],
): appsv1.ReplicaSet | undefined {
  const wanted = withoutHash(deployment.spec?.template);
  const created = (set: appsv1.ReplicaSet): string => set.metadata?.creationTimestamp ?? '';
  const name = (set: appsv1.ReplicaSet): string => set.metadata?.name ?? '';
  return [...sets]
    .sort((a, b) => compareStrings(created(a), created(b)) || compareStrings(name(a), name(b)))
    .find((set) => deepEqual(withoutHash(set.spec?.template), wanted));
}
