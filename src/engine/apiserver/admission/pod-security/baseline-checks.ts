/** The checks of the baseline level. Upstream: pod-security-admission/policy/check_*.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import {
  containersText,
  hasOwnUsers,
  joinQuote,
  namesWhere,
  plural,
  settersText,
  sortedSet,
  type Check,
  type CheckedPod,
  type Violation,
} from './check.ts';
import { seLinuxChecks } from './selinux-checks.ts';
import { sysctlChecks } from './sysctl-checks.ts';

const defaultCapabilities: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/';

function capabilities(pod: CheckedPod): Violation | undefined {
  const added = ({ securityContext }: corev1.Container) =>
    (securityContext?.capabilities?.add ?? []).filter((one) => !defaultCapabilities.has(one));
  const bad = namesWhere(pod, (container) => added(container).length > 0);
  if (bad.length === 0) return undefined;
  const which = joinQuote(sortedSet(pod.containers.flatMap(added)));
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(bad)} must not include ${which} in securityContext.capabilities.add`,
  };
}

const isAllowedAppArmor = (profile: corev1.AppArmorProfile | undefined): boolean =>
  !profile || profile.type === 'RuntimeDefault' || profile.type === 'Localhost';

function appArmor(pod: CheckedPod): Violation | undefined {
  const own = pod.spec.securityContext?.appArmorProfile;
  const bad = pod.containers.filter(({ securityContext }) => !isAllowedAppArmor(securityContext?.appArmorProfile));
  const values = [
    ...(own && !isAllowedAppArmor(own) ? [own.type] : []),
    ...bad.map(({ securityContext }) => securityContext?.appArmorProfile?.type ?? ''),
  ];
  const annotations = Object.entries(pod.annotations)
    .filter(([key]) => key.startsWith(appArmorPrefix))
    .filter(([, value]) => value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
    .map(([key, value]) => `${key}=${quote(value)}`)
    .sort();
  const setters = settersText(
    !isAllowedAppArmor(own),
    bad.map(({ name }) => name),
  );
  const who = [
    ...(setters === '' ? [] : [setters]),
    ...(annotations.length > 0 ? [plural(annotations.length, 'annotation')] : []),
  ];
  if (who.length === 0) return undefined;
  const all = [...sortedSet(values), ...annotations];
  return {
    reason: plural(all.length, 'forbidden AppArmor profile'),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${joinQuote(all)}`,
  };
}

function hostNamespaces({ spec }: CheckedPod): Violation | undefined {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name]);
  if (used.length === 0) return undefined;
  return { reason: 'host namespaces', detail: used.map((name) => `${name}=true`).join(', ') };
}

function hostPathVolumes({ spec }: CheckedPod): Violation | undefined {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural(names.length, 'volume')} ${joinQuote(names)}` };
}

function hostPorts(pod: CheckedPod): Violation | undefined {
  const portsOf = ({ ports }: corev1.Container) => (ports ?? []).map(({ hostPort }) => hostPort ?? 0).filter(Boolean);
  const bad = namesWhere(pod, (container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sortedSet(pod.containers.flatMap(portsOf).map(String));
  const uses = plural(bad.length, 'uses', 'use');
  return {
    reason: 'hostPort',
    detail: `${containersText(bad)} ${uses} ${plural(ports.length, 'hostPort')} ${ports.join(', ')}`,
  };
}

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: corev1.Container): string[] {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap((handler) =>
    [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''].filter((host) => host !== ''),
  );
}

function hostProbes(pod: CheckedPod): Violation | undefined {
  const bad = sortedSet(namesWhere(pod, (container) => hostsOf(container).length > 0));
  if (bad.length === 0) return undefined;
  const hosts = sortedSet(pod.containers.flatMap(hostsOf));
  const what = plural(hosts.length, 'probe or lifecycle host');
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(bad)} ${plural(bad.length, 'uses', 'use')} ${what} ${joinQuote(hosts)}`,
  };
}

function privileged(pod: CheckedPod): Violation | undefined {
  const bad = namesWhere(pod, ({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: 'privileged', detail: `${containersText(bad)} must not set securityContext.privileged=true` };
}

/** Also a check of the restricted level, there without exception. */
export function procMount(pod: CheckedPod): Violation | undefined {
  const mountOf = ({ securityContext }: corev1.Container) => securityContext?.procMount ?? 'Default';
  const bad = namesWhere(pod, (container) => mountOf(container) !== 'Default');
  if (bad.length === 0) return undefined;
  const which = joinQuote(sortedSet(pod.containers.map(mountOf).filter((mount) => mount !== 'Default')));
  return { reason: 'procMount', detail: `${containersText(bad)} must not set securityContext.procMount to ${which}` };
}

function seccompAnnotations(pod: CheckedPod): Violation | undefined {
  const keys = [seccompPodAnnotation, ...pod.containers.map(({ name }) => `${seccompContainerPrefix}${name}`)];
  const isValid = (value: string) =>
    value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
  const bad = sortedSet(
    keys.flatMap((key) => {
      const value = pod.annotations[key];
      return value === undefined || isValid(value) ? [] : [`${key}=${quote(value)}`];
    }),
  );
  if (bad.length === 0) return undefined;
  return { reason: 'seccompProfile', detail: `forbidden ${plural(bad.length, 'annotation')} ${bad.join(', ')}` };
}

const isAllowedSeccomp = (profile: corev1.SeccompProfile | undefined): boolean =>
  !profile || profile.type === 'RuntimeDefault' || profile.type === 'Localhost';

/** Also the first half of the restricted level's check. */
export function seccompProfile(pod: CheckedPod): Violation | undefined {
  const own = pod.spec.securityContext?.seccompProfile;
  const bad = pod.containers.filter(({ securityContext }) => !isAllowedSeccomp(securityContext?.seccompProfile));
  const setters = settersText(
    !isAllowedSeccomp(own),
    bad.map(({ name }) => name),
  );
  if (setters === '') return undefined;
  const values = sortedSet([
    ...(own && !isAllowedSeccomp(own) ? [own.type] : []),
    ...bad.map(({ securityContext }) => securityContext?.seccompProfile?.type ?? ''),
  ]);
  return {
    reason: 'seccompProfile',
    detail: `${setters} must not set securityContext.seccompProfile.type to ${joinQuote(values)}`,
  };
}

function windowsHostProcess(pod: CheckedPod): Violation | undefined {
  const isHost = (context: corev1.SecurityContext | corev1.PodSecurityContext | undefined) =>
    context?.windowsOptions?.hostProcess === true;
  const bad = namesWhere(pod, ({ securityContext }) => isHost(securityContext));
  const setters = settersText(isHost(pod.spec.securityContext), bad);
  if (setters === '') return undefined;
  return {
    reason: 'hostProcess',
    detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true`,
  };
}

const baseline = (id: string, check: Check['check'], more: Partial<Check> = {}): Check => ({
  id,
  level: 'baseline',
  since: 0,
  check,
  ...more,
});

export const baselineChecks: readonly Check[] = [
  baseline('appArmorProfile', appArmor),
  baseline('capabilities_baseline', capabilities),
  baseline('hostNamespaces', hostNamespaces),
  baseline('hostPathVolumes', hostPathVolumes),
  baseline('hostPorts', hostPorts),
  baseline('hostProbesAndHostLifecycle', hostProbes, { since: 34 }),
  baseline('privileged', privileged),
  baseline('procMount', procMount, { until: 35 }),
  baseline('procMount', (pod) => (hasOwnUsers(pod) ? undefined : procMount(pod)), { since: 35 }),
  ...seLinuxChecks,
  baseline('seccompProfile_baseline', seccompAnnotations, { until: 19 }),
  baseline('seccompProfile_baseline', seccompProfile, { since: 19 }),
  ...sysctlChecks,
  baseline('windowsHostProcess', windowsHostProcess),
];
