/** Rules of ControllerRevisions. Upstream: pkg/apis/apps/validation/validation.go (v1.36) */
import type * as appsv1 from '../../../../../api/apps/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { isJsonObject } from '../../../../../apimachinery/json-value.ts';
import { type Complaints, isNegative } from '../../core/validation/complaints.ts';
import { validateImmutable } from './field-rules.ts';

type Revision = appsv1.ControllerRevision;

function validateRevision({ revision = 0 }: Revision): Complaints {
  return revision < 0 ? [field.invalid(field.newPath('revision'), revision, isNegative)] : [];
}

/** Upstream: ValidateControllerRevisionCreate */
export function validateControllerRevision(object: Revision): FieldError[] {
  const errors = validateRevision(object);
  const data: unknown = object.data;
  const path = field.newPath('data');
  if (data === undefined || data === null) errors.push(field.required(path, 'data is mandatory'));
  else if (!isJsonObject(data)) errors.push(field.required(path, 'data must be a valid JSON object'));
  return errors;
}

/** Upstream: ValidateControllerRevisionUpdate */
export function validateControllerRevisionUpdate(object: Revision, old: Revision): FieldError[] {
  const errors = validateRevision(object);
  validateImmutable(errors, undefined, 'data', object, old);
  return errors;
}
