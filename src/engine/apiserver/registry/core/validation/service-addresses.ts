/** Rules of a Service's cluster IPs and IP families. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { isValidIPForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import { type Complaints, oneOf } from './complaints.ts';

type Spec = corev1.ServiceSpec;

const specPath = field.newPath('spec');
const families = ['IPv4', 'IPv6'];
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** A Service without an address of its own. */
export const isHeadless = ({ clusterIPs = [] }: Spec): boolean => clusterIPs.length === 1 && clusterIPs[0] === 'None';

const isIPv6 = (ip: string): boolean => ip.includes(':');

function checkSynced(errors: Complaints, { clusterIP, clusterIPs = [] }: Spec): void {
  const path = specPath.child('clusterIPs');
  if (!clusterIP) {
    if (clusterIPs.length > 0) {
      errors.push(field.invalid(path, clusterIPs, 'must be empty when `clusterIP` is not specified'));
    }
  } else if (clusterIPs.length === 0) errors.push(field.required(path));
  else if (clusterIPs[0] !== clusterIP) {
    errors.push(field.invalid(path, clusterIPs, 'first value must match `clusterIP`'));
  }
}

function checkFamilies(errors: Complaints, { ipFamilies = [], ipFamilyPolicy }: Spec): void {
  const seen = new Set<string>();
  for (const [i, family] of ipFamilies.entries()) {
    const path = specPath.child('ipFamilies').index(i);
    if (!families.includes(family)) errors.push(field.notSupported(path, family, families));
    if (seen.has(family)) errors.push(field.duplicate(path, family));
    seen.add(family);
  }
  if (ipFamilyPolicy !== undefined) oneOf(errors, specPath, 'ipFamilyPolicy', ipFamilyPolicy, policies);
}

/** Complains about each address; gives whether all are sound. */
function checkAddresses(errors: Complaints, clusterIPs: readonly string[], known: readonly string[]): boolean {
  const path = specPath.child('clusterIPs');
  let sound = true;
  for (const [i, ip] of clusterIPs.entries()) {
    if (i === 0 && ip === 'None') {
      if (clusterIPs.length === 1) continue;
      sound = false;
      errors.push(field.invalid(path, clusterIPs, "'None' must be the first and only value"));
      continue;
    }
    const wrong = isValidIPForLegacyField(path.index(i), ip, true, known);
    if (wrong.length > 0) sound = false;
    errors.push(...wrong);
  }
  if (clusterIPs.length > 2) errors.push(field.invalid(path, clusterIPs, 'may only hold up to 2 values'));
  return sound;
}

/** Upstream: ValidateServiceClusterIPsRelatedFields (v1.36) */
export function validateServiceClusterIPs(errors: Complaints, spec: Spec, old: Spec | undefined): void {
  if (spec.type === 'ExternalName') return;
  const { clusterIPs = [], ipFamilies = [] } = spec;
  checkSynced(errors, spec);
  checkFamilies(errors, spec);
  if (!checkAddresses(errors, clusterIPs, old?.clusterIPs ?? [])) return;
  const path = specPath.child('clusterIPs');
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(isIPv6)).size < 2) {
    errors.push(field.invalid(path, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (isHeadless(spec)) return;
  for (const [i, ip] of clusterIPs.entries()) {
    const family = ipFamilies[i];
    if (family !== 'IPv4' && family !== 'IPv6') continue;
    if ((family === 'IPv6') === isIPv6(ip)) continue;
    errors.push(field.invalid(path.index(i), ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``));
  }
}

function checkClusterIPsUpdate(errors: Complaints, spec: Spec, old: Spec): void {
  const [now, before] = [spec.clusterIPs ?? [], old.clusterIPs ?? []];
  const refuse = (i: number, why: string): void => {
    errors.push(field.invalid(specPath.child('clusterIPs').index(i), spec.clusterIPs ?? null, why));
  };
  if (now.length === before.length) {
    for (const [i, ip] of before.entries()) if (ip !== now[i]) refuse(i, 'may not change once set');
    return;
  }
  if (now.length === 0) refuse(0, 'primary clusterIP can not be unset');
  if (before.length > 0 && now.length > 0 && before[0] !== now[0]) refuse(0, 'may not change once set');
  if (before.length > now.length && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const why = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    errors.push(field.invalid(specPath.child('ipFamilyPolicy'), spec.ipFamilyPolicy ?? null, why));
  }
}

function checkFamiliesUpdate(errors: Complaints, spec: Spec, old: Spec): void {
  const [now, before] = [spec.ipFamilies ?? [], old.ipFamilies ?? []];
  const first = specPath.child('ipFamilies').index(0);
  if (now.length === before.length) {
    for (const [i, family] of before.entries()) {
      if (family !== now[i]) errors.push(field.invalid(first, spec.ipFamilies ?? null, 'may not change once set'));
    }
    return;
  }
  if (before.length > now.length && (spec.clusterIPs ?? []).length === 0) {
    errors.push(field.invalid(first, spec.ipFamilies ?? null, 'primary ipFamily can not be unset'));
  }
  if (now.length > 0 && before.length > 0 && now[0] !== before[0]) {
    errors.push(field.invalid(first, spec.clusterIPs ?? null, 'may not change once set'));
  }
  if (before.length > now.length && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const why = "must be set to 'SingleStack' when releasing the secondary ipFamily";
    errors.push(field.invalid(specPath.child('ipFamilyPolicy'), spec.ipFamilyPolicy ?? null, why));
  }
}

/** Upstream: validateUpgradeDowngradeClusterIPs, validateUpgradeDowngradeIPFamilies (v1.36) */
export function validateServiceClusterIPsUpdate(errors: Complaints, spec: Spec, old: Spec): void {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return;
  const [headless, wasHeadless] = [isHeadless(spec), isHeadless(old)];
  if (!headless || !wasHeadless) checkClusterIPsUpdate(errors, spec, old);
  if (!headless && !wasHeadless) checkFamiliesUpdate(errors, spec, old);
}
