import type * as corev1 from '../../../api/core/v1.ts';

/**
 * The kind of API object that a pod names, where it names one; a mirror pod may not.
 * Upstream: pkg/api/pod/util.go HasAPIObjectReference (v1.36)
 */
export function referencedResource(spec: corev1.PodSpec | undefined): string | undefined {
  if (!spec) return undefined;
  if ((spec.serviceAccountName ?? '') !== '') return 'serviceaccounts';
  if (namesSecret(spec)) return 'secrets';
  if (namesConfigMap(spec)) return 'configmaps';
  if ((spec.resourceClaims ?? []).length > 0) return 'resourceclaims';
  for (const volume of spec.volumes ?? []) {
    const found = ofVolume(volume);
    if (found !== undefined) return found;
  }
  return undefined;
}

const containersOf = (spec: corev1.PodSpec) => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...(spec.ephemeralContainers ?? []),
];

function namesSecret(spec: corev1.PodSpec): boolean {
  return (
    (spec.imagePullSecrets ?? []).length > 0 ||
    containersOf(spec).some(
      ({ env, envFrom }) =>
        envFrom?.some(({ secretRef }) => secretRef) || env?.some(({ valueFrom }) => valueFrom?.secretKeyRef),
    ) ||
    (spec.volumes ?? []).some(
      ({ secret, projected, csi, azureFile }) =>
        secret ||
        azureFile ||
        csi?.nodePublishSecretRef ||
        projected?.sources?.some((source) => source.secret !== undefined),
    )
  );
}

function namesConfigMap(spec: corev1.PodSpec): boolean {
  return (
    containersOf(spec).some(
      ({ env, envFrom }) =>
        envFrom?.some(({ configMapRef }) => configMapRef) || env?.some(({ valueFrom }) => valueFrom?.configMapKeyRef),
    ) ||
    (spec.volumes ?? []).some(
      ({ configMap, projected }) => configMap || projected?.sources?.some((source) => source.configMap !== undefined),
    )
  );
}

function ofVolume(volume: corev1.Volume): string | undefined {
  if (volume.csi) return 'csidrivers (via CSI volumes)';
  if (volume.glusterfs) return 'endpoints (via glusterFS volumes)';
  if (volume.persistentVolumeClaim) return 'persistentvolumeclaims';
  if (volume.ephemeral) return 'persistentvolumeclaims (via ephemeral volumes)';
  for (const source of volume.projected?.sources ?? []) {
    if (source.serviceAccountToken) return 'serviceaccounts (via projected volumes)';
    if (source.clusterTrustBundle) return 'clustertrustbundles';
    if (source.podCertificate) return 'podcertificates';
  }
  return undefined;
}
