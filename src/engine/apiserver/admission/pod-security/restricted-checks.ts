/** The checks of the restricted level. Upstream: pod-security-admission/policy/check_*.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { procMount, seccompProfile } from './baseline-checks.ts';
import {
  containersText,
  hasOwnUsers,
  isWindows,
  joinQuote,
  namesWhere,
  plural,
  settersText,
  sortedSet,
  type Check,
  type CheckedPod,
  type Violation,
} from './check.ts';

function privilegeEscalation(pod: CheckedPod): Violation | undefined {
  const bad = namesWhere(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

function capabilities(pod: CheckedPod): Violation | undefined {
  const of = ({ securityContext }: corev1.Container) => securityContext?.capabilities;
  const added = (container: corev1.Container) => (of(container)?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE');
  const notDropping = namesWhere(pod, (container) => !of(container)?.drop?.includes('ALL'));
  const adding = namesWhere(pod, (container) => added(container).length > 0);
  const details: string[] = [];
  if (notDropping.length > 0) {
    details.push(`${containersText(notDropping)} must set securityContext.capabilities.drop=["ALL"]`);
  }
  if (adding.length > 0) {
    const which = joinQuote(sortedSet(pod.containers.flatMap(added)));
    details.push(`${containersText(adding)} must not include ${which} in securityContext.capabilities.add`);
  }
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
}

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const;
const otherVolumes = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const;

function volumes({ spec }: CheckedPod): Violation | undefined {
  const bad = (spec.volumes ?? []).filter((volume) => !allowedVolumes.some((type) => volume[type]));
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map((volume) => otherVolumes.find((type) => volume[type]) ?? 'unknown'));
  const names = joinQuote(bad.map(({ name }) => name));
  const who = `${plural(bad.length, 'volume')} ${names} ${plural(bad.length, 'uses', 'use')}`;
  return {
    reason: 'restricted volume types',
    detail: `${who} ${plural(types.length, 'restricted volume type')} ${joinQuote(types)}`,
  };
}

function runAsNonRoot(pod: CheckedPod): Violation | undefined {
  const own = pod.spec.securityContext?.runAsNonRoot;
  const reason = 'runAsNonRoot != true';
  const setters = settersText(
    own === false,
    namesWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false),
  );
  if (setters !== '') return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
  if (own === true) return undefined;
  const unset = namesWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (unset.length === 0) return undefined;
  return { reason, detail: `pod or ${containersText(unset)} must set securityContext.runAsNonRoot=true` };
}

function runAsUser(pod: CheckedPod): Violation | undefined {
  const bad = namesWhere(pod, ({ securityContext }) => securityContext?.runAsUser === 0);
  const setters = settersText(pod.spec.securityContext?.runAsUser === 0, bad);
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
}

function seccomp(pod: CheckedPod): Violation | undefined {
  const bad = seccompProfile(pod);
  if (bad) return bad;
  if (pod.spec.securityContext?.seccompProfile) return undefined;
  const unset = namesWhere(pod, ({ securityContext }) => !securityContext?.seccompProfile);
  if (unset.length === 0) return undefined;
  const what = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason: 'seccompProfile', detail: `pod or ${containersText(unset)} ${what}` };
}

const unlessWindows =
  (check: Check['check']): Check['check'] =>
  (pod) =>
    isWindows(pod) ? undefined : check(pod);
const unlessOwnUsers =
  (check: Check['check']): Check['check'] =>
  (pod) =>
    hasOwnUsers(pod) ? undefined : check(pod);

const restricted = (id: string, since: number, check: Check['check'], more: Partial<Check> = {}): Check => ({
  id,
  level: 'restricted',
  since,
  check,
  ...more,
});

export const restrictedChecks: readonly Check[] = [
  restricted('allowPrivilegeEscalation', 8, privilegeEscalation, { until: 25 }),
  restricted('allowPrivilegeEscalation', 25, unlessWindows(privilegeEscalation)),
  restricted('capabilities_restricted', 22, capabilities, { until: 25, overrides: 'capabilities_baseline' }),
  restricted('capabilities_restricted', 25, unlessWindows(capabilities), { overrides: 'capabilities_baseline' }),
  restricted('procMount_restricted', 35, procMount, { overrides: 'procMount' }),
  restricted('restrictedVolumes', 0, volumes, { overrides: 'hostPathVolumes' }),
  restricted('runAsNonRoot', 0, runAsNonRoot, { until: 35 }),
  restricted('runAsNonRoot', 35, unlessOwnUsers(runAsNonRoot)),
  restricted('runAsUser', 23, runAsUser, { until: 35 }),
  restricted('runAsUser', 35, unlessOwnUsers(runAsUser)),
  restricted('seccompProfile_restricted', 19, seccomp, { until: 25, overrides: 'seccompProfile_baseline' }),
  restricted('seccompProfile_restricted', 25, unlessWindows(seccomp), { overrides: 'seccompProfile_baseline' }),
];
