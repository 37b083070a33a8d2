/** Rules of affinity and of spreading over topologies. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import type { LabelSelector } from '../../../../../apimachinery/labels.ts';
import { isDNS1123Label, isQualifiedName } from '../../../../../apimachinery/validation.ts';
import {
  type Complaints,
  complain,
  complainAt,
  oneOf,
  require,
  validateLabelName,
  validatePositive,
} from './complaints.ts';
import { validateLabelSelector } from './labels.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from './node-selector.ts';
import type { PodValidationOptions } from './pod-options.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function checkWeight(errors: Complaints, path: Path, weight = 0): void {
  if (weight <= 0 || weight > 100) complain(errors, path, 'weight', weight, ['must be in the range 1-100']);
}

function validateLabelKeys(
  errors: Complaints,
  path: Path,
  keys: readonly string[],
  selector: LabelSelector | undefined,
): void {
  if (keys.length === 0) return;
  if (!selector) {
    errors.push(field.forbidden(path, 'must not be specified when labelSelector is not set'));
    return;
  }
  for (const [i, key] of keys.entries()) complainAt(errors, path.index(i), key, isQualifiedName(key));
}

/** Upstream: ValidateMatchLabelKeysAndMismatchLabelKeys (v1.36) */
function validateMatchLabelKeys(
  errors: Complaints,
  path: Path,
  matchKeys: readonly string[],
  mismatchKeys: readonly string[],
  selector: LabelSelector | undefined,
): void {
  if (matchKeys.length === 0 && mismatchKeys.length === 0) return;
  validateLabelKeys(errors, path.child('matchLabelKeys'), matchKeys, selector);
  validateLabelKeys(errors, path.child('mismatchLabelKeys'), mismatchKeys, selector);
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const i = matchKeys.lastIndexOf(key);
    if (i >= 0 && selected.has(key)) {
      errors.push(field.invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
    }
    selected.add(key);
  }
  for (const [i, key] of matchKeys.entries()) {
    if (!mismatchKeys.includes(key)) continue;
    const at = path.child('matchLabelKeys').index(i);
    errors.push(field.invalid(at, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  }
}

function validatePodAffinityTerm(errors: Complaints, path: Path, term: corev1.PodAffinityTerm, lenient: boolean): void {
  const options = { allowInvalidLabelValue: lenient };
  validateLabelSelector(errors, path.child('labelSelector'), term.labelSelector, options);
  validateLabelSelector(errors, path.child('namespaceSelector'), term.namespaceSelector, options);
  for (const name of term.namespaces ?? []) complain(errors, path, 'namespace', name, isDNS1123Label(name));
  const { matchLabelKeys = [], mismatchLabelKeys = [], topologyKey = '' } = term;
  validateMatchLabelKeys(errors, path, matchLabelKeys, mismatchLabelKeys, term.labelSelector);
  require(errors, path, 'topologyKey', topologyKey, 'can not be empty');
  validateLabelName(errors, path, 'topologyKey', topologyKey);
}

function validatePodAffinity(errors: Complaints, path: Path, affinity: corev1.PodAffinity, lenient: boolean): void {
  for (const [i, term] of (affinity[required] ?? []).entries()) {
    validatePodAffinityTerm(errors, path.child(required).index(i), term, lenient);
  }
  for (const [i, { weight, podAffinityTerm }] of (affinity[preferred] ?? []).entries()) {
    const at = path.child(preferred).index(i);
    checkWeight(errors, at, weight);
    validatePodAffinityTerm(errors, at.child('podAffinityTerm'), podAffinityTerm ?? { topologyKey: '' }, lenient);
  }
}

function validateNodeAffinity(errors: Complaints, path: Path, affinity: corev1.NodeAffinity, lenient: boolean): void {
  const selector = affinity[required];
  if (selector) validateNodeSelector(errors, path.child(required), selector, lenient);
  for (const [i, { weight, preference }] of (affinity[preferred] ?? []).entries()) {
    const at = path.child(preferred).index(i);
    checkWeight(errors, at, weight);
    validateNodeSelectorTerm(errors, at.child('preference'), preference ?? {}, true);
  }
}

/** Complains about affinity; `parent` is the spec's path. Upstream: validateAffinity (v1.36) */
export function validateAffinity(
  errors: Complaints,
  parent: Path,
  affinity: corev1.Affinity | undefined,
  options: PodValidationOptions,
): void {
  if (!affinity) return;
  const path = parent.child('affinity');
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  const lenient = options.allowInvalidLabelValueInSelector === true;
  if (nodeAffinity) {
    const lenientNode = options.allowInvalidLabelValueInRequiredNodeAffinity === true;
    validateNodeAffinity(errors, path.child('nodeAffinity'), nodeAffinity, lenientNode);
  }
  if (podAffinity) validatePodAffinity(errors, path.child('podAffinity'), podAffinity, lenient);
  if (podAntiAffinity) validatePodAffinity(errors, path.child('podAntiAffinity'), podAntiAffinity, lenient);
}

function validateMinDomains(errors: Complaints, path: Path, constraint: corev1.TopologySpreadConstraint): void {
  const { minDomains, whenUnsatisfiable = '' } = constraint;
  if (minDomains === undefined) return;
  validatePositive(errors, path, 'minDomains', minDomains);
  if (whenUnsatisfiable === 'DoNotSchedule') return;
  complain(errors, path, 'minDomains', minDomains, [
    `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
  ]);
}

/** Complains about spreading; `parent` is the spec's path. Upstream: validateTopologySpreadConstraints (v1.36) */
export function validateTopologySpreadConstraints(
  errors: Complaints,
  parent: Path,
  constraints: readonly corev1.TopologySpreadConstraint[] | undefined,
  options: PodValidationOptions,
): void {
  for (const [i, constraint] of (constraints ?? []).entries()) {
    const path = parent.child('topologySpreadConstraints').index(i);
    const { topologyKey = '', whenUnsatisfiable = '', nodeAffinityPolicy, nodeTaintsPolicy } = constraint;
    validatePositive(errors, path, 'maxSkew', constraint.maxSkew);
    require(errors, path, 'topologyKey', topologyKey, 'can not be empty');
    oneOf(errors, path, 'whenUnsatisfiable', whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']);
    const rest = (constraints ?? []).slice(i + 1);
    if (rest.some((o) => (o.topologyKey ?? '') === topologyKey && (o.whenUnsatisfiable ?? '') === whenUnsatisfiable)) {
      const at = path.child('{topologyKey, whenUnsatisfiable}');
      errors.push(field.duplicate(at, `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
    validateMinDomains(errors, path, constraint);
    const policies = ['Honor', 'Ignore'];
    if (nodeAffinityPolicy !== undefined) oneOf(errors, path, 'nodeAffinityPolicy', nodeAffinityPolicy, policies);
    if (nodeTaintsPolicy !== undefined) oneOf(errors, path, 'nodeTaintsPolicy', nodeTaintsPolicy, policies);
    validateMatchLabelKeys(errors, path, constraint.matchLabelKeys ?? [], [], constraint.labelSelector);
    if (options.allowInvalidTopologySpreadConstraintLabelSelector) continue;
    validateLabelSelector(errors, path.child('labelSelector'), constraint.labelSelector);
  }
}
