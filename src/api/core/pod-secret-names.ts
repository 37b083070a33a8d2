import type * as corev1 from './v1.ts';

type Name = string | undefined;

/** Names of the secrets of its namespace that a pod uses. Upstream: pkg/api/v1/pod/util.go VisitPodSecretNames (v1.36) */
export function podSecretNames({ spec }: corev1.Pod): readonly string[] {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec ?? {};
  const inContainers = [...initContainers, ...containers, ...ephemeralContainers].flatMap(
    ({ env = [], envFrom = [] }) => [
      ...envFrom.map(({ secretRef }) => secretRef?.name),
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ],
  );
  const pulled = (spec?.imagePullSecrets ?? []).map(({ name }) => name);
  const names = [...pulled, ...inContainers, ...(spec?.volumes ?? []).flatMap(volumeSecretNames)];
  return names.filter((name) => name !== undefined).filter((name) => name !== '');
}

function volumeSecretNames(volume: corev1.Volume): readonly Name[] {
  const { azureFile, secret, csi, projected, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos } = volume;
  const referring = [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos];
  return [
    azureFile?.secretName,
    secret?.secretName,
    csi?.nodePublishSecretRef?.name,
    ...(projected?.sources ?? []).map((source) => source.secret?.name),
    ...referring.map((source) => source?.secretRef?.name),
  ];
}
