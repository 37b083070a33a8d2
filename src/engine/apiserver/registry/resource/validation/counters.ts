import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { dns1123LabelMaxLength } from '../../../../../apimachinery/validation.ts';
import type { Complaints } from '../../core/validation/complaints.ts';
import { validateLabel, validateMap } from './field-rules.ts';

const maxCountersPerSet = 32;

/** Complains about counters by name. */
export function validateCounters(
  errors: Complaints,
  path: Path,
  counters: Readonly<Record<string, resourcev1.Counter>> | undefined,
): void {
  if (Object.keys(counters ?? {}).length === 0) {
    errors.push(field.required(path));
    return;
  }
  validateMap(errors, path, counters, {
    maxSize: maxCountersPerSet,
    truncateKeyLength: dns1123LabelMaxLength,
    keyRule: (name, at) => validateLabel(errors, at, name),
    rule: () => {},
  });
}
