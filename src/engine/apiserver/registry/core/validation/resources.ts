/** Rules of resource requirements: names, quantities, requests within limits, claims. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { GoValue } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity, type Quantity, QuantityError } from '../../../../../apimachinery/quantity.ts';
import { isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, isNegative, sortedKeys } from './complaints.ts';
import {
  isHugePageResourceName,
  isIntegerResourceName,
  isOvercommitAllowed,
  validateContainerResourceName,
  validatePodResourceName,
} from './resource-names.ts';

type NameRule = (errors: Complaints, path: Path, name: string) => void;

/** Leniences of resource requirements. */
export interface ResourceOptions {
  readonly allowIndivisibleHugePages?: boolean;
}

/** Upstream: ValidateNonnegativeQuantity (v1.36) */
export function validateNonnegativeQuantity(errors: Complaints, path: Path, quantity: Quantity): void {
  if (quantity.sign < 0) errors.push(field.invalid(path, quantity.toString(), isNegative));
}

/** Complains about an amount that is negative, or broken where only whole ones count. Upstream: ValidateResourceQuantityValue */
export function validateResourceQuantityValue(errors: Complaints, path: Path, name: string, quantity: Quantity): void {
  validateNonnegativeQuantity(errors, path, quantity);
  if (isIntegerResourceName(name) && quantity.milliValue() % 1000 !== 0) {
    errors.push(field.invalid(path, new GoValue(`"${quantity}"`), 'must be an integer'));
  }
}

/** Upstream: validateBasicResource (v1.36) */
export function validateBasicResource(errors: Complaints, path: Path, quantity: Quantity): boolean {
  if (quantity.value() >= 0) return true;
  errors.push(field.invalid(path, quantity.value(), 'must be a valid resource quantity'));
  return false;
}

function pageSize(name: string): Quantity | undefined {
  try {
    return parseQuantity(name.slice('hugepages-'.length));
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

/** Whether an amount is a whole number of pages. Upstream: helper.IsHugePageResourceValueDivisible (v1.36) */
export function isHugePageValueDivisible(name: string, quantity: Quantity): boolean {
  const size = pageSize(name);
  if (size === undefined || size.sign <= 0 || size.milliValue() % 1000 !== 0) return false;
  return quantity.value() % size.value() === 0;
}

function validateAmount(
  errors: Complaints,
  path: Path,
  name: string,
  quantity: Quantity,
  options: ResourceOptions,
): void {
  validateResourceQuantityValue(errors, path, name, quantity);
  if (!isHugePageResourceName(name) || options.allowIndivisibleHugePages) return;
  if (!isHugePageValueDivisible(name, quantity)) {
    errors.push(field.invalid(path, quantity.toString(), `${quantity} is not positive integer multiple of ${name}`));
  }
}

function validateRequest(
  errors: Complaints,
  path: Path,
  name: string,
  quantity: Quantity,
  limits: Readonly<Record<string, string>> | undefined,
): void {
  const limitText = limits?.[name];
  if (limitText === undefined) {
    if (!isOvercommitAllowed(name)) {
      errors.push(field.required(path.child('limits'), 'Limit must be set for non overcommitable resources'));
    }
    return;
  }
  const limit = parseQuantity(limitText);
  const order = quantity.cmp(limit);
  if (order !== 0 && !isOvercommitAllowed(name)) {
    const why = `must be equal to ${name} limit of ${limit}`;
    errors.push(field.invalid(path.child('requests'), quantity.toString(), why));
  } else if (order > 0) {
    const why = `must be less than or equal to ${name} limit of ${limit}`;
    errors.push(field.invalid(path.child('requests'), quantity.toString(), why));
  }
}

const isCpuOrMemory = (name: string): boolean => name === 'cpu' || name === 'memory';

function validateRequirements(
  errors: Complaints,
  path: Path,
  requirements: corev1.ResourceRequirements,
  nameRule: NameRule,
  claimNames: ReadonlySet<string>,
  options: ResourceOptions,
): void {
  const limits = sortedKeys(requirements.limits);
  for (const name of limits) {
    const at = path.child('limits').key(name);
    nameRule(errors, at, name);
    validateAmount(errors, at, name, parseQuantity(requirements.limits?.[name] ?? '0'), options);
  }
  const requests = sortedKeys(requirements.requests);
  for (const name of requests) {
    const at = path.child('requests').key(name);
    const quantity = parseQuantity(requirements.requests?.[name] ?? '0');
    nameRule(errors, at, name);
    validateResourceQuantityValue(errors, at, name, quantity);
    validateRequest(errors, path, name, quantity, requirements.limits);
    if (isHugePageResourceName(name)) {
      const pages: Complaints = [];
      validateAmount(pages, at, name, quantity, options);
      errors.push(...pages.filter(({ detail }) => detail.includes('integer multiple')));
    }
  }
  const names = [...limits, ...requests];
  if (names.some(isHugePageResourceName) && !names.some(isCpuOrMemory)) {
    errors.push(field.forbidden(path, 'HugePages require cpu or memory'));
  }
  validateResourceClaimNames(errors, path, requirements.claims ?? [], claimNames);
}

/** Complains about what a container asks for. Upstream: ValidateContainerResourceRequirements (v1.36) */
export function validateContainerResourceRequirements(
  errors: Complaints,
  path: Path,
  requirements: corev1.ResourceRequirements | undefined,
  claimNames: ReadonlySet<string>,
  options: ResourceOptions = {},
): void {
  if (!requirements) return;
  validateRequirements(errors, path, requirements, validateContainerResourceName, claimNames, options);
}

/** Complains about what a pod asks for as a whole. Upstream: validatePodResourceRequirements (v1.36) */
export function validatePodResourceRequirements(
  errors: Complaints,
  path: Path,
  requirements: corev1.ResourceRequirements,
  claimNames: ReadonlySet<string>,
  options: ResourceOptions = {},
): void {
  validateRequirements(errors, path, requirements, validatePodResourceName, claimNames, options);
}

function validateResourceClaimNames(
  errors: Complaints,
  parent: Path,
  claims: readonly corev1.ResourceClaim[],
  claimNames: ReadonlySet<string>,
): void {
  const seen = new Set<string>();
  for (const [i, { name, request }] of claims.entries()) {
    const path = parent.child('claims').index(i);
    if (!name) {
      errors.push(field.required(path));
      continue;
    }
    if (seen.has(name)) errors.push(field.duplicate(path, name));
    else {
      if (request) complain(errors, path, 'request', request, isDNS1123Label(request));
      const key = request ? `${name}/${request}` : name;
      if (seen.has(key)) errors.push(field.duplicate(path, key));
      else if (!request) {
        for (const other of seen) if (other.startsWith(`${name}/`)) errors.push(field.duplicate(path, name));
      }
      seen.add(key);
    }
    if (claimNames.has(name)) continue;
    const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`;
    errors.push({
      ...field.notFound(path, name),
      detail: `must be one of the names in pod.spec.resourceClaims${known}`,
    });
  }
}
