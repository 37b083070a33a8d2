/** Rules of taints' effects and of tolerations. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isValidLabelValue } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, validateLabelName } from './complaints.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Complains about the effect of what stands at `path`. Upstream: validateTaintEffect (v1.36) */
export function validateTaintEffect(
  errors: Complaints,
  path: Path,
  effect: string | undefined,
  allowEmpty: boolean,
): void {
  if (!allowEmpty && !effect) errors.push(field.required(path.child('effect')));
  else oneOf(errors, path, 'effect', effect, effects);
}

function checkOperator(errors: Complaints, path: Path, operator: string, value: string): void {
  switch (operator) {
    case 'Equal':
    case '': {
      const messages = isValidLabelValue(value);
      if (messages.length > 0) complain(errors, path, 'operator', value, [messages.join(';')]);
      break;
    }
    case 'Exists':
      if (value !== '') complain(errors, path, 'operator', value, ["value must be empty when `operator` is 'Exists'"]);
      break;
    case 'Lt':
    case 'Gt':
      errors.push(field.notSupported(path.child('operator'), operator, ['Equal', 'Exists', 'Lt', 'Gt']));
      break;
    default:
      errors.push(field.notSupported(path.child('operator'), operator, ['Equal', 'Exists']));
  }
}

/** Complains about tolerations; `path` is the list's. Upstream: ValidateTolerations (v1.36) */
export function validateTolerations(
  errors: Complaints,
  path: Path,
  tolerations: readonly corev1.Toleration[] | undefined,
): void {
  for (const [i, toleration] of (tolerations ?? []).entries()) {
    const at = path.index(i);
    const { key, operator = '', value = '', effect = '', tolerationSeconds } = toleration;
    if (key) validateLabelName(errors, at, 'key', key);
    else if (operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      complain(errors, at, 'operator', operator, [why]);
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      complain(errors, at, 'effect', effect, ["effect must be 'NoExecute' when `tolerationSeconds` is set"]);
    }
    checkOperator(errors, at, operator, value);
    if (effect !== '') validateTaintEffect(errors, at, effect, true);
  }
}
