import type * as autoscalingv2 from '../../api/autoscaling/v2.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type * as policyv1 from '../../api/policy/v1.ts';
import type * as storagev1 from '../../api/storage/v1.ts';
import {
  configMaps,
  horizontalPodAutoscalers,
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  secrets,
  serviceAccounts,
  storageClasses,
} from '../../api/resources.ts';
import { defineKind, type StatusView } from './kind-look.ts';
import { symbols } from './symbols.ts';

const keys = (data: object | undefined) => Object.keys(data ?? {});
const counted = (n: number): StatusView => ({ level: 'neutral', text: n === 1 ? '1 key' : `${n} keys` });

export const namespaceLook = defineKind<corev1.Namespace>({
  ref: namespaces,
  plural: 'Namespaces',
  symbol: symbols.namespace,
  order: 1,
  status: ({ status }) =>
    status?.phase === 'Terminating'
      ? { level: 'progress', text: 'Terminating' }
      : { level: 'ok', text: status?.phase ?? 'Active' },
});

export const configMapLook = defineKind<corev1.ConfigMap>({
  ref: configMaps,
  plural: 'ConfigMaps',
  symbol: symbols.configMap,
  order: 40,
  status: ({ data, binaryData }) => counted(keys(data).length + keys(binaryData).length),
  summary: ({ data }) => Object.entries(data ?? {}).map(([label, value]) => ({ label, value, mono: true })),
});

export const secretLook = defineKind<corev1.Secret>({
  ref: secrets,
  plural: 'Secrets',
  symbol: symbols.secret,
  order: 41,
  status: ({ data }) => counted(keys(data).length),
  summary: ({ type, data }) => [
    { label: 'Type', value: type ?? 'Opaque', mono: true },
    ...Object.entries(data ?? {}).map(([label, value]) => ({
      label,
      value: `${Math.floor((value.length * 3) / 4)} bytes`,
    })),
  ],
});

export const claimLook = defineKind<corev1.PersistentVolumeClaim>({
  ref: persistentVolumeClaims,
  plural: 'PersistentVolumeClaims',
  symbol: symbols.claim,
  order: 50,
  status: ({ status }) => {
    const phase = status?.phase ?? 'Pending';
    return { level: phase === 'Bound' ? 'ok' : phase === 'Lost' ? 'error' : 'progress', text: phase };
  },
  facets: ({ spec }) => ({
    ...(spec?.volumeName ? { volumeName: spec.volumeName } : {}),
    ...(spec?.storageClassName ? { className: spec.storageClassName } : {}),
  }),
  summary: ({ spec, status }) => [
    {
      label: 'Capacity',
      value: status?.capacity?.['storage'] ?? `${spec?.resources?.requests?.['storage'] ?? '?'} asked`,
    },
    { label: 'Access modes', value: (spec?.accessModes ?? []).join(', ') },
    { label: 'Storage class', value: spec?.storageClassName ?? '<default>' },
    ...(spec?.volumeName
      ? [
          {
            label: 'Volume',
            value: spec.volumeName,
            link: { kind: 'PersistentVolume', namespace: '', name: spec.volumeName },
          },
        ]
      : []),
  ],
});

export const volumeLook = defineKind<corev1.PersistentVolume>({
  ref: persistentVolumes,
  plural: 'PersistentVolumes',
  symbol: symbols.volume,
  order: 51,
  status: ({ status }) => {
    const phase = status?.phase ?? 'Pending';
    return { level: phase === 'Failed' ? 'error' : phase === 'Released' ? 'warning' : 'ok', text: phase };
  },
  facets: ({ spec }) => (spec?.storageClassName ? { className: spec.storageClassName } : {}),
  summary: ({ spec }) => [
    { label: 'Capacity', value: spec?.capacity?.['storage'] ?? '–' },
    { label: 'Reclaim policy', value: spec?.persistentVolumeReclaimPolicy ?? 'Retain' },
    ...(spec?.claimRef?.name
      ? [
          {
            label: 'Claim',
            value: `${spec.claimRef.namespace}/${spec.claimRef.name}`,
            link: { kind: 'PersistentVolumeClaim', namespace: spec.claimRef.namespace ?? '', name: spec.claimRef.name },
          },
        ]
      : []),
  ],
});

export const storageClassLook = defineKind<storagev1.StorageClass>({
  ref: storageClasses,
  plural: 'StorageClasses',
  symbol: symbols.storageClass,
  order: 52,
  status: () => ({ level: 'neutral', text: 'Present' }),
  summary: ({ provisioner, volumeBindingMode, reclaimPolicy }) => [
    { label: 'Provisioner', value: provisioner, mono: true },
    { label: 'Binding', value: volumeBindingMode ?? 'Immediate' },
    { label: 'Reclaim policy', value: reclaimPolicy ?? 'Delete' },
  ],
});

export const autoscalerLook = defineKind<autoscalingv2.HorizontalPodAutoscaler>({
  ref: horizontalPodAutoscalers,
  plural: 'HorizontalPodAutoscalers',
  symbol: symbols.autoscaler,
  order: 28,
  status: ({ spec, status }) => {
    const blind = status?.conditions?.find((c) => c.type === 'ScalingActive' && c.status === 'False');
    if (blind)
      return {
        level: 'warning',
        text: blind.reason ?? 'Inactive',
        ...(blind.message ? { detail: blind.message } : {}),
      };
    return {
      level: 'ok',
      text: `${status?.currentReplicas ?? 0} of ${spec?.minReplicas ?? 1}–${spec?.maxReplicas ?? '?'}`,
    };
  },
  summary: ({ spec }) => [
    {
      label: 'Target',
      value: `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
    },
    { label: 'Replicas', value: `${spec?.minReplicas ?? 1} to ${spec?.maxReplicas ?? '?'}` },
  ],
});

export const budgetLook = defineKind<policyv1.PodDisruptionBudget>({
  ref: podDisruptionBudgets,
  plural: 'PodDisruptionBudgets',
  symbol: symbols.budget,
  order: 29,
  status: ({ status }) => ({
    level: (status?.disruptionsAllowed ?? 0) > 0 ? 'ok' : 'warning',
    text: `${status?.disruptionsAllowed ?? 0} disruptions allowed`,
  }),
});

export const serviceAccountLook = defineKind<corev1.ServiceAccount>({
  ref: serviceAccounts,
  plural: 'ServiceAccounts',
  symbol: symbols.serviceAccount,
  order: 60,
  status: () => ({ level: 'neutral', text: 'Present' }),
});
