/** Rules of Leases. Upstream: pkg/apis/coordination/validation/validation.go (v1.36) */
import type * as coordinationv1 from '../../../../../api/coordination/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, complain, isNegative } from '../../core/validation/complaints.ts';

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
    const [domain = '', name] = strategy.split('/');
    if (!strategies.includes(strategy) && (name === undefined || domain === '' || domain.endsWith('k8s.io'))) {
      errors.push(field.notSupported(path.child('strategy'), strategy, strategies));
    }
  }
  if (preferredHolder && !strategy) {
    errors.push(field.forbidden(path.child('preferredHolder'), 'may only be specified if `strategy` is defined'));
  }
  return errors;
}
