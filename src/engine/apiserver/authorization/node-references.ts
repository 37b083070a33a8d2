/** What a pod, or a volume bound to its claim, needs of the API. Upstream: plugin/pkg/auth/authorizer/node/graph.go AddPod, AddPV (v1.36) */
import { podSecretNames } from '../../../api/core/pod-secret-names.ts';
import type * as corev1 from '../../../api/core/v1.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Whether a pod names an object of its namespace. Pods that mirror a file name nothing. */
export function podReferences(pod: corev1.Pod, resource: string, name: string): boolean {
  if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return false;
  switch (resource) {
    case 'serviceaccounts':
      return pod.spec?.serviceAccountName === name;
    case 'resourceclaims':
      return resourceClaimsOf(pod).includes(name);
    case 'persistentvolumeclaims':
      return claimsOf(pod).includes(name);
    case 'secrets':
      return podSecretNames(pod).includes(name);
    case 'configmaps':
      return configMapsOf(pod).includes(name);
    default:
      return false;
  }
}

function claimsOf({ spec, metadata }: corev1.Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [persistentVolumeClaim.claimName];
    return ephemeral ? [`${metadata.name ?? ''}-${name}`] : [];
  });
}

function resourceClaimsOf({ spec, status }: corev1.Pod): (string | undefined)[] {
  const made = new Map((status?.resourceClaimStatuses ?? []).map((one) => [one.name, one.resourceClaimName]));
  const named = (spec?.resourceClaims ?? []).map((one) => one.resourceClaimName ?? made.get(one.name));
  return [...named, status?.extendedResourceClaimStatus?.resourceClaimName];
}

const containersOf = ({ spec }: corev1.Pod) => [
  ...(spec?.containers ?? []),
  ...(spec?.initContainers ?? []),
  ...(spec?.ephemeralContainers ?? []),
];

function configMapsOf(pod: corev1.Pod): (string | undefined)[] {
  const names = containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
    ...envFrom.map(({ configMapRef }) => configMapRef?.name),
  ]);
  const inVolumes = (pod.spec?.volumes ?? []).flatMap(({ configMap, projected }) => [
    configMap?.name,
    ...(projected?.sources ?? []).map((source) => source.configMap?.name),
  ]);
  return [...names, ...inVolumes];
}

/** Whether a volume that is bound names a secret that kubelets may see. Upstream: pkg/api/v1/persistentvolume/util.go VisitPVSecretNames */
export function volumeReferences({ spec }: corev1.PersistentVolume, namespace: string, name: string): boolean {
  if (!spec?.claimRef) return false;
  const { azureFile, cephfs, flexVolume, rbd, scaleIO, iscsi, cinder, storageos, csi } = spec;
  const home = spec.claimRef.namespace ?? '';
  const inHome = [cephfs, flexVolume, rbd, scaleIO, iscsi].map((source) => source?.secretRef);
  const elsewhere = [
    cinder?.secretRef,
    storageos?.secretRef,
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    csi?.nodeExpandSecretRef,
  ];
  const isIt = (one: corev1.SecretReference | undefined, fallback: string) =>
    one?.name === name && (one.namespace || fallback) === namespace;
  if (azureFile?.secretName === name && (azureFile.secretNamespace || home) === namespace) return true;
  return inHome.some((one) => isIt(one, home)) || elsewhere.some((one) => isIt(one, ''));
}
