/** Defaults by type: what a value of a type gets wherever it stands. Upstream: pkg/apis/<group>/<version>/defaults.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type * as batchv1 from '../../../../api/batch/v1.ts';
import type * as corev1 from '../../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../../api/discovery/v1.ts';
import type * as flowcontrolv1 from '../../../../api/flowcontrol/v1.ts';
import type * as networkingv1 from '../../../../api/networking/v1.ts';
import type * as rbacv1 from '../../../../api/rbac/v1.ts';
import type * as resourcev1 from '../../../../api/resource/v1.ts';
import { parseImageReference } from '../../../../apimachinery/image-reference.ts';
import type { Draft } from '../draft.ts';

/** Sets the defaults of a freshly decoded struct. */
export type TypeDefaults = (draft: never) => void;

const rbacGroup = 'rbac.authorization.k8s.io';

function container(draft: Draft<corev1.Container>): void {
  draft.imagePullPolicy ||= parseImageReference(draft.image ?? '')?.tag === 'latest' ? 'Always' : 'IfNotPresent';
  draft.terminationMessagePath ||= '/dev/termination-log';
  draft.terminationMessagePolicy ||= 'File';
}

function podSpec(draft: Draft<corev1.PodSpec>): void {
  draft.dnsPolicy ||= 'ClusterFirst';
  draft.restartPolicy ||= 'Always';
  draft.securityContext ??= {};
  draft.terminationGracePeriodSeconds ??= 30;
  draft.schedulerName ||= 'default-scheduler';
  const account = draft.serviceAccountName || draft.serviceAccount;
  if (account) {
    draft.serviceAccountName = account;
    draft.serviceAccount = account;
  }
}

function probe(draft: Draft<corev1.Probe>): void {
  draft.timeoutSeconds ||= 1;
  draft.periodSeconds ||= 10;
  draft.successThreshold ||= 1;
  draft.failureThreshold ||= 3;
}

function volume(draft: Draft<corev1.Volume>): void {
  let sources = 0;
  for (const key in draft) if (key !== 'name') sources++;
  if (sources === 0) draft.emptyDir = {};
  if (draft.image && !draft.image.pullPolicy) {
    draft.image.pullPolicy =
      parseImageReference(draft.image.reference ?? '')?.tag === 'latest' ? 'Always' : 'IfNotPresent';
  }
}

const fileMode = (draft: { defaultMode?: number }): void => {
  draft.defaultMode ??= 0o644;
};

function servicePort(draft: Draft<corev1.ServicePort>): void {
  if (!draft.targetPort) draft.targetPort = draft.port;
}

function limitRangeItem(draft: Draft<corev1.LimitRangeItem>): void {
  if (draft.type !== 'Container') return;
  const limits = { ...draft.max, ...draft.default };
  const requests = { ...draft.min, ...limits, ...draft.defaultRequest };
  if (Object.keys(limits).length > 0) draft.default = limits;
  if (Object.keys(requests).length > 0) draft.defaultRequest = requests;
}

function webhook(draft: Draft<admissionv1.ValidatingWebhook>): void {
  draft.failurePolicy ??= 'Fail';
  draft.matchPolicy ??= 'Equivalent';
  draft.namespaceSelector ??= {};
  draft.objectSelector ??= {};
  draft.timeoutSeconds ??= 10;
}

function deviceRequest(draft: Draft<resourcev1.ExactDeviceRequest>): void {
  const { adminAccess, tolerations, capacity } = draft;
  draft.allocationMode ||= 'ExactCount';
  if (draft.allocationMode === 'ExactCount' && !draft.count) draft.count = 1;
  // What comes after them in Go's order comes after them here.
  for (const [name, value] of Object.entries({ adminAccess, tolerations, capacity })) {
    if (value === undefined) continue;
    delete draft[name as 'capacity'];
    Object.assign(draft, { [name]: value });
  }
}

function subject(draft: Draft<rbacv1.Subject>): void {
  if (!draft.apiGroup && (draft.kind === 'User' || draft.kind === 'Group')) draft.apiGroup = rbacGroup;
}

const failurePolicy = (draft: { failurePolicy?: string }): void => {
  draft.failurePolicy ??= 'Fail';
};

const portDefault = (draft: { port?: number }): void => {
  draft.port ??= 443;
};

const entries: readonly (readonly [string, TypeDefaults])[] = [
  ['core/v1.Container', container],
  ['core/v1.EphemeralContainer', container],
  ['core/v1.PodSpec', podSpec],
  ['core/v1.Probe', probe],
  ['core/v1.Volume', volume],
  ['core/v1.SecretVolumeSource', fileMode],
  ['core/v1.ConfigMapVolumeSource', fileMode],
  ['core/v1.DownwardAPIVolumeSource', fileMode],
  ['core/v1.ProjectedVolumeSource', fileMode],
  [
    'core/v1.ServiceAccountTokenProjection',
    (draft: Draft<corev1.ServiceAccountTokenProjection>) => {
      draft.expirationSeconds ??= 3600;
    },
  ],
  [
    'core/v1.HTTPGetAction',
    (draft: Draft<corev1.HTTPGetAction>) => {
      draft.path ||= '/';
      draft.scheme ||= 'HTTP';
    },
  ],
  [
    'core/v1.GRPCAction',
    (draft: Draft<corev1.GRPCAction>) => {
      draft.service ??= '';
    },
  ],
  [
    'core/v1.ObjectFieldSelector',
    (draft: Draft<corev1.ObjectFieldSelector>) => {
      draft.apiVersion ||= 'v1';
    },
  ],
  [
    'core/v1.HostPathVolumeSource',
    (draft: Draft<corev1.HostPathVolumeSource>) => {
      draft.type ??= '';
    },
  ],
  [
    'core/v1.ISCSIVolumeSource',
    (draft: Draft<corev1.ISCSIVolumeSource>) => {
      draft.iscsiInterface ||= 'default';
    },
  ],
  [
    'core/v1.ISCSIPersistentVolumeSource',
    (draft: Draft<corev1.ISCSIPersistentVolumeSource>) => {
      draft.iscsiInterface ||= 'default';
    },
  ],
  ['core/v1.RBDVolumeSource', rbd],
  ['core/v1.RBDPersistentVolumeSource', rbd],
  ['core/v1.ScaleIOVolumeSource', scaleIO('xfs')],
  ['core/v1.ScaleIOPersistentVolumeSource', scaleIO('xfs')],
  [
    'core/v1.AzureDiskVolumeSource',
    (draft: Draft<corev1.AzureDiskVolumeSource>) => {
      draft.cachingMode ??= 'ReadWrite';
      draft.kind ??= 'Shared';
      draft.fsType ??= 'ext4';
      draft.readOnly ??= false;
    },
  ],
  ['core/v1.ServicePort', servicePort],
  ['core/v1.LimitRangeItem', limitRangeItem],
  [
    'core/v1.PersistentVolumeClaimSpec',
    (draft: Draft<corev1.PersistentVolumeClaimSpec>) => {
      draft.volumeMode ??= 'Filesystem';
    },
  ],
  [
    'core/v1.PersistentVolumeClaim',
    (draft: Draft<corev1.PersistentVolumeClaim>) => {
      draft.status = { ...draft.status, phase: draft.status?.phase || 'Pending' };
    },
  ],
  [
    'core/v1.NamespaceStatus',
    (draft: Draft<corev1.NamespaceStatus>) => {
      draft.phase ||= 'Active';
    },
  ],
  [
    'core/v1.NodeStatus',
    (draft: Draft<corev1.NodeStatus>) => {
      if (Object.keys(draft.allocatable ?? {}).length === 0 && draft.capacity)
        draft.allocatable = { ...draft.capacity };
    },
  ],
  [
    'discovery/v1.EndpointPort',
    (draft: Draft<discoveryv1.EndpointPort>) => {
      draft.name ??= '';
      draft.protocol ??= 'TCP';
    },
  ],
  [
    'networking/v1.NetworkPolicyPort',
    (draft: Draft<networkingv1.NetworkPolicyPort>) => {
      draft.protocol ??= 'TCP';
    },
  ],
  [
    'batch/v1.PodFailurePolicyOnPodConditionsPattern',
    (draft: Draft<batchv1.PodFailurePolicyOnPodConditionsPattern>) => {
      draft.status ||= 'True';
    },
  ],
  ['rbac/v1.Subject', subject],
  ['admissionregistration/v1.ValidatingWebhook', webhook],
  [
    'admissionregistration/v1.MutatingWebhook',
    (draft: Draft<admissionv1.MutatingWebhook>) => {
      webhook(draft);
      draft.reinvocationPolicy ??= 'Never';
    },
  ],
  ['admissionregistration/v1.RuleWithOperations', scope],
  ['admissionregistration/v1.NamedRuleWithOperations', scope],
  ['admissionregistration/v1.ServiceReference', portDefault],
  ['apiextensions/v1.ServiceReference', portDefault],
  ['apiregistration/v1.ServiceReference', portDefault],
  ['admissionregistration/v1.ValidatingAdmissionPolicySpec', failurePolicy],
  ['admissionregistration/v1.MutatingAdmissionPolicySpec', failurePolicy],
  [
    'admissionregistration/v1.MatchResources',
    (draft: Draft<admissionv1.MatchResources>) => {
      draft.matchPolicy ??= 'Equivalent';
      draft.namespaceSelector ??= {};
      draft.objectSelector ??= {};
    },
  ],
  [
    'flowcontrol/v1.FlowSchemaSpec',
    (draft: Draft<flowcontrolv1.FlowSchemaSpec>) => {
      draft.matchingPrecedence ||= 1000;
    },
  ],
  [
    'flowcontrol/v1.ExemptPriorityLevelConfiguration',
    (draft: Draft<flowcontrolv1.ExemptPriorityLevelConfiguration>) => {
      draft.nominalConcurrencyShares ??= 0;
      draft.lendablePercent ??= 0;
    },
  ],
  [
    'flowcontrol/v1.LimitedPriorityLevelConfiguration',
    (draft: Draft<flowcontrolv1.LimitedPriorityLevelConfiguration>) => {
      draft.nominalConcurrencyShares ??= 30;
      draft.lendablePercent ??= 0;
    },
  ],
  [
    'flowcontrol/v1.QueuingConfiguration',
    (draft: Draft<flowcontrolv1.QueuingConfiguration>) => {
      draft.handSize ||= 8;
      draft.queues ||= 64;
      draft.queueLengthLimit ||= 50;
    },
  ],
  [
    'authentication/v1.TokenRequestSpec',
    (draft: { expirationSeconds?: number }) => {
      draft.expirationSeconds ??= 3600;
    },
  ],
  ['resource/v1.ExactDeviceRequest', deviceRequest],
  ['resource/v1.DeviceSubRequest', deviceRequest],
];

function rbd(draft: { pool?: string; user?: string; keyring?: string }): void {
  draft.pool ||= 'rbd';
  draft.user ||= 'admin';
  draft.keyring ||= '/etc/ceph/keyring';
}

function scaleIO(fsType: string): TypeDefaults {
  return (draft: { storageMode?: string; fsType?: string }) => {
    draft.storageMode ||= 'ThinProvisioned';
    draft.fsType ||= fsType;
  };
}

function scope(draft: { scope?: string }): void {
  draft.scope ??= '*';
}

/** Short name of a type → its defaults. */
export const typeDefaults: ReadonlyMap<string, TypeDefaults> = new Map(entries);
