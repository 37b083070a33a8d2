/** Rules of Leases. Upstream: pkg/apis/coordination/validation/validation.go (v1.36) */
import type * as coordinationv1 from '../../../../../api/coordination/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, complainAt, isNegative } from '../../core/validation/complaints.ts';

const path = field.newPath('spec');
const strategies = ['OldestEmulationVersion'];

/** Complaints about a lease. */
export function validateLease({ spec = {} }: coordinationv1.Lease): FieldError[] {
  const errors: Complaints = [];
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions, strategy, preferredHolder } = spec;
  if (seconds !== undefined && seconds <= 0) {
    complain(errors, path, 'leaseDurationSeconds', seconds, ['must be greater than 0']);
  }
  if (transitions !== undefined && transitions < 0) {
    complain(errors, path, 'leaseTransitions', transitions, [isNegative]);
  }
  if (strategy !== undefined) {
    const at = path.child('strategy', 'strategy');
    if (strategy.includes('/')) complainAt(errors, at, strategy, isQualifiedName(strategy));
    else if (!strategies.includes(strategy)) errors.push(field.notSupported(at, strategy, strategies));
  }
  if (preferredHolder && !strategy) {
    errors.push(field.forbidden(path.child('preferredHolder'), 'may only be specified if `strategy` is defined'));
  }
  return errors;
}
