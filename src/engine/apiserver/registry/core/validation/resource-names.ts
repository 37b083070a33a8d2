/** Which names a resource may have, by place. Upstream: pkg/apis/core/helper/helpers.go and validateResourceName (v1.36) */
import type { Path } from '../../../../../apimachinery/field-error.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complainAt } from './complaints.ts';

const containerResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const countedResources = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const quotaResources: ReadonlySet<string> = new Set([
  ...containerResources,
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  ...countedResources,
]);
const standardResources: ReadonlySet<string> = new Set([...quotaResources, 'storage']);
const integerResources: ReadonlySet<string> = new Set(countedResources);

/** Huge pages of some size. */
export const isHugePageResourceName = (name: string): boolean => name.startsWith('hugepages-');

const isQuotaHugePages = (name: string): boolean =>
  isHugePageResourceName(name) || name.startsWith('requests.hugepages-');

/** Kubernetes' own, prefix or not. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** A device plugin's: `example.com/widget`. */
export function isExtendedResourceName(name: string): boolean {
  if (isNativeResource(name) || name.startsWith('requests.')) return false;
  return isQualifiedName(`requests.${name}`).length === 0;
}

/** A request may be lower than the limit. */
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePageResourceName(name);

/** Counted in whole numbers. */
export const isIntegerResourceName = (name: string): boolean =>
  integerResources.has(name) || isExtendedResourceName(name);

/** A name the quota tracks by itself. */
export const isStandardQuotaResourceName = (name: string): boolean =>
  quotaResources.has(name) || isQuotaHugePages(name);

/** Complains about a resource name of whatever place. Gives whether it is fine. Upstream: validateResourceName */
export function validateResourceName(errors: Complaints, path: Path, name: string): boolean {
  if (containerResources.has(name)) return true;
  const before = errors.length;
  complainAt(errors, path, name, isQualifiedName(name));
  if (errors.length > before) return false;
  if (name.includes('/') || standardResources.has(name) || isQuotaHugePages(name)) return true;
  errors.push(field.invalid(path, name, 'must be a standard resource type or fully qualified'));
  return false;
}

/** Complains about the name of a container's resource. Upstream: validateContainerResourceName */
export function validateContainerResourceName(errors: Complaints, path: Path, name: string): void {
  if (containerResources.has(name)) return;
  validateResourceName(errors, path, name);
  if (!name.includes('/')) {
    if (!isHugePageResourceName(name)) {
      errors.push(field.invalid(path, name, 'must be a standard resource for containers'));
    }
  } else if (!isNativeResource(name) && !isExtendedResourceName(name)) {
    errors.push(field.invalid(path, name, "doesn't follow extended resource name standard"));
  }
}

/** Complains about the name of a resource of a whole pod. Upstream: validatePodResourceName */
export function validatePodResourceName(errors: Complaints, path: Path, name: string): void {
  if (!validateResourceName(errors, path, name)) return;
  if (name === 'cpu' || name === 'memory' || isHugePageResourceName(name)) return;
  errors.push(field.notSupported(path, name, ['cpu', 'hugepages-', 'memory']));
}

/** Complains about a name in a quota. Upstream: ValidateResourceQuotaResourceName */
export function validateResourceQuotaResourceName(errors: Complaints, path: Path, name: string): void {
  validateResourceName(errors, path, name);
  if (!name.includes('/') && !isStandardQuotaResourceName(name)) {
    errors.push(field.invalid(path, name, 'must be a standard resource for quota'));
  }
}
