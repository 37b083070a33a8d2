import { pods } from '../../../../api/resources.ts';
import type * as corev1 from '../../../../api/core/v1.ts';
import { excludeFields } from '../../../../apimachinery/structured-merge/field-filter.ts';
import { podColumns, podRowConditions } from '../tables/pods.ts';
import { defineResource } from '../resource-definition.ts';
import { podProxy } from '../../connect/proxy.ts';
import { podStreams } from '../../connect/pod-streams.ts';
import { bindPod } from './pod-binding.ts';
import { setPodDefaults } from './pod-defaults.ts';
import { evictPod } from './pod-eviction.ts';
import {
  prepareEphemeralContainers,
  preparePodForCreate,
  preparePodForUpdate,
  preparePodStatus,
  prepareResize,
} from './pod-strategy.ts';
import { validatePodCreate } from './validation/pod.ts';
import { validatePodResize } from './validation/pod-resize.ts';
import { validatePodStatusUpdate } from './validation/pod-status.ts';
import { validatePodEphemeralContainersUpdate, validatePodUpdate } from './validation/pod-update.ts';
import { getWarningsForPod } from './validation/pod-warnings.ts';
import { podStatusWarnings } from './validation/status-warnings.ts';

const defaultGraceSeconds = 30;

/** The grace of a pod's deletion: none for a pod that runs nowhere. Upstream: podStrategy.CheckGracefulDelete (v1.36) */
function gracePeriodSeconds(pod: corev1.Pod, requested: number | undefined): number {
  const period = requested ?? pod.spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  if (!pod.spec?.nodeName || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return 0;
  return period < 0 ? 1 : period;
}

export const podsDefinition = defineResource(pods, {
  columns: podColumns,
  rowConditions: podRowConditions,
  shortNames: ['po'],
  categories: ['all'],
  strategy: {
    defaults: setPodDefaults,
    gracePeriodSeconds,
    returnsDeletedObject: true,
    prepareForCreate: preparePodForCreate,
    prepareForUpdate: preparePodForUpdate,
    validate: validatePodCreate,
    validateUpdate: validatePodUpdate,
    updateChecks: ['metaUpdate', 'meta', 'own'],
    warnings: (pod, old) => (old ? [] : getWarningsForPod(pod)),
    selectableFieldNames: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.podIPs',
      'status.nominatedNodeName',
    ],
    selectableFields: ({ spec, status }) => ({
      'spec.nodeName': spec?.nodeName ?? '',
      'spec.restartPolicy': spec?.restartPolicy ?? '',
      'spec.schedulerName': spec?.schedulerName ?? '',
      'spec.serviceAccountName': spec?.serviceAccountName ?? '',
      'spec.hostNetwork': String(spec?.hostNetwork ?? false),
      'status.phase': status?.phase ?? '',
      'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
      'status.podIPs': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
      'status.nominatedNodeName': status?.nominatedNodeName ?? '',
    }),
    unknownField: (name) => `field label not supported: ${name}`,
  },
  status: {
    prepareForUpdate: preparePodStatus,
    validateUpdate: validatePodStatusUpdate,
    warnings: podStatusWarnings,
    fields: excludeFields(['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']),
  },
  partialUpdates: {
    ephemeralcontainers: {
      prepareForUpdate: prepareEphemeralContainers,
      validateUpdate: validatePodEphemeralContainersUpdate,
      updateChecks: ['metaUpdate', 'meta', 'own'],
    },
    resize: {
      prepareForUpdate: prepareResize,
      updateChecks: ['metaUpdate', 'meta', 'own'],
      validateUpdate: validatePodResize,
    },
  },
  subresources: [
    { name: 'binding', kind: 'Binding', verbs: ['create'], handle: bindPod },
    {
      name: 'eviction',
      kind: 'Eviction',
      group: 'policy',
      version: 'v1',
      accepts: ['policy/v1beta1'],
      verbs: ['create'],
      handle: evictPod,
    },
    ...podStreams,
    podProxy,
  ],
});
