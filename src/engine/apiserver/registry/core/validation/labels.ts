/** Rules of labels and label selectors. Upstream: apimachinery/pkg/apis/meta/v1/validation/validation.go (v1.36) */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import type { LabelSelector } from '../../../../../apimachinery/labels.ts';
import { isQualifiedName, isValidLabelValue } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, complainAt, sortedKeys, validateLabelName } from './complaints.ts';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** Leniences of selectors. */
export interface LabelSelectorOptions {
  readonly allowInvalidLabelValue?: boolean;
  readonly allowUnknownOperator?: boolean;
}

/** Complains about a map of labels. Upstream: ValidateLabels */
export function validateLabelMap(
  errors: Complaints,
  path: Path,
  labels: Readonly<Record<string, string>> | undefined,
): void {
  for (const key of sortedKeys(labels)) {
    complainAt(errors, path, key, isQualifiedName(key));
    const value = labels?.[key] ?? '';
    complainAt(errors, path, value, isValidLabelValue(value));
  }
}

/** Complains about one expression of a selector. Upstream: ValidateLabelSelectorRequirement */
export function validateLabelSelectorRequirement(
  errors: Complaints,
  path: Path,
  requirement: Requirement,
  { allowInvalidLabelValue = false, allowUnknownOperator = false }: LabelSelectorOptions,
): void {
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        errors.push(field.required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      }
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push(field.forbidden(path.child('values'), why));
      }
      break;
    default:
      if (!allowUnknownOperator) {
        complain(errors, path, 'operator', requirement.operator ?? '', ['not a valid selector operator']);
      }
  }
  validateLabelName(errors, path, 'key', requirement.key);
  if (allowInvalidLabelValue) return;
  for (const [i, value] of values.entries()) {
    for (const why of isValidLabelValue(value)) errors.push(field.invalid(path.child('values').index(i), value, why));
  }
}

/** Complains about a selector; an absent one is fine. Upstream: ValidateLabelSelector */
export function validateLabelSelector(
  errors: Complaints,
  path: Path,
  selector: LabelSelector | undefined,
  options: LabelSelectorOptions = {},
): void {
  if (!selector) return;
  if (selector.matchLabels) validateLabelMap(errors, path.child('matchLabels'), selector.matchLabels);
  for (const [i, requirement] of (selector.matchExpressions ?? []).entries()) {
    const at = path.child('matchExpressions').index(i);
    validateLabelSelectorRequirement(errors, at, requirement, options);
  }
}

/** Whether an expression's value could not be a label's. Upstream: LabelSelectorHasInvalidLabelValue */
export function hasInvalidLabelValue(selector: LabelSelector | undefined): boolean {
  return (selector?.matchExpressions ?? []).some(({ values }) =>
    (values ?? []).some((value) => isValidLabelValue(value).length > 0),
  );
}
