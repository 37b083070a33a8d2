/** Rules of RuntimeClasses. Upstream: pkg/apis/node/validation/validation.go (v1.36) */
import { goValueOf } from '../../../../../api/go-value.ts';
import type * as nodev1 from '../../../../../api/node/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { validateImmutable } from '../../apps/validation/field-rules.ts';
import { type Complaints, complainAt } from '../../core/validation/complaints.ts';
import { validateLabelMap } from '../../core/validation/labels.ts';
import { validateContainerResourceRequirements } from '../../core/validation/resources.ts';
import { validateTolerations } from '../../core/validation/tolerations.ts';

type RuntimeClass = nodev1.RuntimeClass;

const noClaims: ReadonlySet<string> = new Set();

function validateScheduling(errors: Complaints, { nodeSelector, tolerations = [] }: nodev1.Scheduling): void {
  const path = field.newPath('scheduling');
  validateLabelMap(errors, path.child('nodeSelector'), nodeSelector);
  const at = path.child('tolerations');
  validateTolerations(errors, at, tolerations);
  const seen = new Set<string>();
  for (const [i, toleration] of tolerations.entries()) {
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    const id = JSON.stringify([key, operator, value, effect]);
    if (seen.has(id)) errors.push(field.duplicate(at.index(i), goValueOf('core/v1.Toleration', toleration)));
    seen.add(id);
  }
}

/** Complaints about a new class. */
export function validateRuntimeClass({ handler = '', overhead, scheduling }: RuntimeClass): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('handler');
  if (handler === '') errors.push(field.required(path));
  else complainAt(errors, path, handler, isDNS1123Label(handler));
  if (overhead) {
    const limits = overhead.podFixed ?? {};
    validateContainerResourceRequirements(errors, field.newPath('overhead'), { limits }, noClaims);
  }
  if (scheduling) validateScheduling(errors, scheduling);
  return errors;
}

/** Complaints about a change. */
export function validateRuntimeClassUpdate(object: RuntimeClass, old: RuntimeClass): FieldError[] {
  const errors: Complaints = [];
  validateImmutable(errors, undefined, 'handler', object, old);
  return errors;
}
