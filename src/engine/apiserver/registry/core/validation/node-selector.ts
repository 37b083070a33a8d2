/** Rules of node selectors: in affinity, in persistent volumes, in resource claims. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isDNS1123Subdomain, isValidLabelValue } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, validateLabelName } from './complaints.ts';

function checkOperator(errors: Complaints, path: Path, operator: string | undefined, count: number): void {
  const values = (): Path => path.child('values');
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (count === 0) errors.push(field.required(values(), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (count > 0) {
        errors.push(field.forbidden(values(), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
      break;
    case 'Gt':
    case 'Lt':
      if (count !== 1) {
        errors.push(field.required(values(), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      }
      break;
    default:
      complain(errors, path, 'operator', operator ?? '', ['not a valid selector operator']);
  }
}

/** Upstream: ValidateNodeSelectorRequirement (v1.36) */
export function validateNodeSelectorRequirement(
  errors: Complaints,
  path: Path,
  { key, operator, values = [] }: corev1.NodeSelectorRequirement,
  allowInvalidLabelValue: boolean,
): void {
  checkOperator(errors, path, operator, values.length);
  validateLabelName(errors, path, 'key', key);
  if (allowInvalidLabelValue) return;
  for (const [i, value] of values.entries()) {
    for (const why of isValidLabelValue(value)) errors.push(field.invalid(path.child('values').index(i), value, why));
  }
}

function validateFieldRequirement(
  errors: Complaints,
  path: Path,
  { key = '', operator, values = [] }: corev1.NodeSelectorRequirement,
): void {
  if (operator !== 'In' && operator !== 'NotIn') {
    complain(errors, path, 'operator', operator ?? '', ['not a valid selector operator']);
  } else if (values.length !== 1) {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(field.required(path.child('values'), why));
  }
  if (key !== 'metadata.name') {
    complain(errors, path, 'key', key, ['not a valid field selector key']);
    return;
  }
  for (const [i, value] of values.entries()) {
    for (const why of isDNS1123Subdomain(value)) errors.push(field.invalid(path.child('values').index(i), value, why));
  }
}

/** Upstream: ValidateNodeSelectorTerm (v1.36) */
export function validateNodeSelectorTerm(
  errors: Complaints,
  path: Path,
  term: corev1.NodeSelectorTerm,
  allowInvalidLabelValue: boolean,
): void {
  for (const [i, requirement] of (term.matchExpressions ?? []).entries()) {
    const at = path.child('matchExpressions').index(i);
    validateNodeSelectorRequirement(errors, at, requirement, allowInvalidLabelValue);
  }
  for (const [i, requirement] of (term.matchFields ?? []).entries()) {
    validateFieldRequirement(errors, path.child('matchFields').index(i), requirement);
  }
}

/** Upstream: ValidateNodeSelector (v1.36) */
export function validateNodeSelector(
  errors: Complaints,
  path: Path,
  selector: corev1.NodeSelector,
  allowInvalidLabelValue = false,
): void {
  const terms = selector.nodeSelectorTerms ?? [];
  const list = path.child('nodeSelectorTerms');
  if (terms.length === 0) errors.push(field.required(list, 'must have at least one node selector term'));
  for (const [i, term] of terms.entries())
    validateNodeSelectorTerm(errors, list.index(i), term, allowInvalidLabelValue);
}

/** Whether a term's expression has a value that no label could have. Upstream: HasInvalidLabelValueInNodeSelectorTerms */
export function hasInvalidLabelValueInNodeSelector(selector: corev1.NodeSelector | undefined): boolean {
  return (selector?.nodeSelectorTerms ?? []).some(({ matchExpressions = [] }) =>
    matchExpressions.some(({ values = [] }) => values.some((value) => isValidLabelValue(value).length > 0)),
  );
}
