/** Rules of ResourceQuotas. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { type Complaints, complain, fieldImmutable, sortedKeys } from './complaints.ts';
import { isStandardQuotaResourceName, validateResourceQuotaResourceName } from './resource-names.ts';
import { validateResourceQuantityValue } from './resources.ts';

const specPath = field.newPath('spec');
const emptySpec: corev1.ResourceQuotaSpec = Object.freeze({});
const podCompute = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const pods: ReadonlySet<string> = new Set(['pods']);
const podResources: ReadonlySet<string> = new Set(['pods', ...podCompute]);
const claims: ReadonlySet<string> = new Set(['persistentvolumeclaims', 'requests.storage']);
/** Scope → the resources it can apply to. */
const scopes: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Terminating', podResources],
  ['NotTerminating', podResources],
  ['BestEffort', pods],
  ['NotBestEffort', podResources],
  ['PriorityClass', podResources],
  ['CrossNamespacePodAffinity', podResources],
  ['VolumeAttributesClass', claims],
]);
const existsOnly = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const mustExist =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
const conflicts = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

function validateAmounts(errors: Complaints, path: Path, amounts: Readonly<Record<string, string>> | undefined): void {
  for (const name of sortedKeys(amounts)) {
    const at = path.key(name);
    validateResourceQuotaResourceName(errors, at, name);
    validateResourceQuantityValue(errors, at, name, parseQuantity(amounts?.[name] ?? '0'));
  }
}

/** How many of the limits a scope cannot apply to. */
function misfits(scope: string, spec: corev1.ResourceQuotaSpec): number {
  const fit = scopes.get(scope);
  return Object.keys(spec.hard ?? {}).filter((name) => fit && isStandardQuotaResourceName(name) && !fit.has(name))
    .length;
}

function checkConflicts(
  errors: Complaints,
  path: Path,
  named: readonly string[],
  spec: corev1.ResourceQuotaSpec,
): void {
  for (const [a, b] of conflicts) {
    if (named.includes(a) && named.includes(b)) {
      errors.push(field.invalid(path, spec.scopes ?? null, 'conflicting scopes'));
    }
  }
}

function validateScopes(errors: Complaints, spec: corev1.ResourceQuotaSpec): void {
  const named: readonly string[] = spec.scopes ?? [];
  if (named.length === 0) return;
  const path = specPath.child('scopes');
  for (const scope of named) {
    if (!scopes.has(scope)) errors.push(field.invalid(path, named, 'unsupported scope'));
    for (let n = misfits(scope, spec); n > 0; n--) {
      errors.push(field.invalid(path, named, 'unsupported scope applied to resource'));
    }
  }
  checkConflicts(errors, path, named, spec);
}

function validateOperator(errors: Complaints, path: Path, requirement: corev1.ScopedResourceSelectorRequirement): void {
  const { scopeName = '', operator = '', values = [] } = requirement;
  if (existsOnly.includes(scopeName) && operator !== 'Exists')
    complain(errors, path, 'operator', operator, [mustExist]);
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
        errors.push(field.required(path.child('values'), why));
      }
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
        complain(errors, path, 'values', values, [why]);
      }
      break;
    default:
      complain(errors, path, 'operator', operator, ['not a valid selector operator']);
  }
}

function validateScopeSelector(errors: Complaints, spec: corev1.ResourceQuotaSpec): void {
  if (!spec.scopeSelector) return;
  const path = specPath.child('scopeSelector', 'matchExpressions');
  const requirements = spec.scopeSelector.matchExpressions ?? [];
  for (const requirement of requirements) {
    const scope = requirement.scopeName ?? '';
    if (!scopes.has(scope)) complain(errors, path, 'scopeName', scope, ['unsupported scope']);
    for (let n = misfits(scope, spec); n > 0; n--) {
      const value = goValueOf('core/v1.ScopeSelector', spec.scopeSelector);
      errors.push(field.invalid(path, value, 'unsupported scope applied to resource'));
    }
    validateOperator(errors, path, requirement);
  }
  checkConflicts(
    errors,
    path,
    requirements.map(({ scopeName }) => scopeName),
    spec,
  );
}

function validateSpec(errors: Complaints, spec: corev1.ResourceQuotaSpec): void {
  validateAmounts(errors, specPath.child('hard'), spec.hard);
  validateScopes(errors, spec);
  validateScopeSelector(errors, spec);
}

/** Complaints about a new quota. Upstream: ValidateResourceQuota (v1.36) */
export function validateResourceQuota({ spec = emptySpec }: corev1.ResourceQuota): FieldError[] {
  const errors: Complaints = [];
  validateSpec(errors, spec);
  return errors;
}

/** Complaints about a change. Upstream: ValidateResourceQuotaUpdate (v1.36) */
export function validateResourceQuotaUpdate(quota: corev1.ResourceQuota, old: corev1.ResourceQuota): FieldError[] {
  const errors: Complaints = [];
  validateSpec(errors, quota.spec ?? emptySpec);
  const [now, before] = [new Set<string>(quota.spec?.scopes ?? []), new Set<string>(old.spec?.scopes ?? [])];
  if (now.size !== before.size || [...now].some((scope) => !before.has(scope))) {
    complain(errors, specPath, 'scopes', quota.spec?.scopes ?? null, [fieldImmutable]);
  }
  return errors;
}

/** Complaints about a status. Upstream: ValidateResourceQuotaStatusUpdate (v1.36) */
export function validateResourceQuotaStatusUpdate({ status }: corev1.ResourceQuota): FieldError[] {
  const errors: Complaints = [];
  validateAmounts(errors, field.newPath('status', 'hard'), status?.hard);
  validateAmounts(errors, field.newPath('status', 'used'), status?.used);
  return errors;
}

const warnedNames = ['cpu', 'memory', 'storage', 'ephemeral-storage'];

/** Requests that are allowed more than limits are. Upstream: pkg/registry/core/resourcequota/strategy.go WarningsOnCreate (v1.36) */
export function resourceQuotaWarnings({ spec }: corev1.ResourceQuota): string[] {
  const hard = new Map(Object.entries(spec?.hard ?? {}).map(([name, amount]) => [name, parseQuantity(amount)]));
  return warnedNames.flatMap((name) => {
    const bare = name === 'cpu' || name === 'memory' ? name : '';
    const asked = hard.has(`requests.${name}`) ? `requests.${name}` : bare;
    const [request, limit] = [hard.get(asked), hard.get(`limits.${name}`)];
    if (!request || !limit || request.cmp(limit) <= 0) return [];
    return [`ResourceQuota ${asked} (${request.toString()}) should be less than limits.${name} (${limit.toString()})`];
  });
}
