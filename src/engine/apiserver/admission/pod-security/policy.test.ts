import { expect, it } from 'vitest';
import type * as corev1 from '../../../../api/core/v1.ts';
import { checkedPod } from './check.ts';
import { detailsText, policyOf, violations, type LevelVersion } from './policy.ts';

const restricted: LevelVersion = { level: 'restricted', minor: undefined };
const baseline: LevelVersion = { level: 'baseline', minor: undefined };

const check = (level: LevelVersion, spec: Partial<corev1.PodSpec>): string =>
  detailsText(violations(level, checkedPod({}, { containers: [{ name: 'a' }], ...spec } as corev1.PodSpec)));

it('lets plain pods be at the baseline level and names each missing restriction at the restricted one', () => {
  expect(check(baseline, {})).toBe('');
  expect(check(restricted, {})).toBe(
    'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );
});

it('replaces a baseline check by the stricter one', () => {
  const volumes = [{ name: 'v', hostPath: { path: '/' } }];
  expect(check(baseline, { volumes })).toBe('hostPath volumes (volume "v")');
  expect(check(restricted, { volumes })).toContain(
    'restricted volume types (volume "v" uses restricted volume type "hostPath")',
  );
});

it('warns at the enforced level unless told otherwise', () => {
  const { warn, errors } = policyOf({ 'pod-security.kubernetes.io/enforce': 'baseline' });
  expect(warn.level).toBe('baseline');
  expect(errors).toEqual([]);
  expect(policyOf({ 'pod-security.kubernetes.io/audit': 'nope' }).errors).toHaveLength(1);
});
