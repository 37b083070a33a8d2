import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';

interface WithConditions {
  readonly status?: { readonly conditions?: readonly { readonly type?: string }[] };
}

/** Complaints about the conditions of a status. Upstream: ValidateFlowSchemaStatus, ValidatePriorityLevelConfigurationStatus (v1.36) */
export function validateConditionTypes({ status }: WithConditions): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { type = '' }] of (status?.conditions ?? []).entries()) {
    const path = field.newPath('status', 'conditions').index(i).child('type');
    if (seen.has(type)) errors.push(field.duplicate(path, type));
    seen.add(type);
    if (type === '') errors.push(field.required(path));
  }
  return errors;
}
