/** Upstream: pod-security-admission/policy/check_seLinuxOptions.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { joinQuote, namesWhere, plural, settersText, sortedSet, type Check, type CheckedPod } from './check.ts';

const types = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

function seLinux(pod: CheckedPod, allowed: readonly string[]): { reason: string; detail: string } | undefined {
  const isAllowed = (options: corev1.SELinuxOptions | undefined) =>
    !options || (allowed.includes(options.type ?? '') && !options.user && !options.role);
  const own = pod.spec.securityContext?.seLinuxOptions;
  const bad = namesWhere(pod, ({ securityContext }) => !isAllowed(securityContext?.seLinuxOptions));
  const setters = settersText(!isAllowed(own), bad);
  if (setters === '') return undefined;
  const all = [own, ...pod.containers.map(({ securityContext }) => securityContext?.seLinuxOptions)];
  const badTypes = sortedSet(all.map((options) => options?.type ?? '').filter((type) => !allowed.includes(type)));
  const data = [
    ...(badTypes.length > 0 ? [`${plural(badTypes.length, 'type')} ${joinQuote(badTypes)}`] : []),
    ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
    ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
  ];
  return {
    reason: 'seLinuxOptions',
    detail: `${setters} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
  };
}

const common = { id: 'seLinuxOptions', level: 'baseline' } as const;

export const seLinuxChecks: readonly Check[] = [
  { ...common, since: 0, until: 31, check: (pod) => seLinux(pod, types) },
  { ...common, since: 31, check: (pod) => seLinux(pod, [...types, 'container_engine_t']) },
];
