/** Rules of priority levels. Upstream: pkg/apis/flowcontrol/validation/validation.go (v1.36). Differs: mandatory ones may differ. */
import type * as flowcontrolv1 from '../../../../../api/flowcontrol/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, complain, oneOf, require } from '../../core/validation/complaints.ts';

type PriorityLevel = flowcontrolv1.PriorityLevelConfiguration;

const maxQueues = 10_000_000;
const maxHashBits = 60;

/** Upstream: apiserver/pkg/util/shufflesharding RequiredEntropyBits */
function requiredEntropyBits(deckSize: number, handSize: number): number {
  return Math.ceil(Math.log2(deckSize) * handSize);
}

function validateQueuing(errors: Complaints, path: Path, queuing: flowcontrolv1.QueuingConfiguration): void {
  const { queueLengthLimit = 0, queues = 0, handSize = 0 } = queuing;
  const wrong = (name: string, value: number, why: string): void => complain(errors, path, name, value, [why]);
  if (queueLengthLimit <= 0) wrong('queueLengthLimit', queueLengthLimit, 'must be positive');
  if (queues <= 0) wrong('queues', queues, 'must be positive');
  else if (queues > maxQueues) wrong('queues', queues, `must not be greater than ${maxQueues}`);
  if (handSize <= 0) wrong('handSize', handSize, 'must be positive');
  else if (handSize > queues) wrong('handSize', handSize, `should not be greater than queues (${queues})`);
  else if (requiredEntropyBits(queues, handSize) > maxHashBits) {
    const what = `required entropy bits of deckSize ${queues} and handSize ${handSize}`;
    wrong('handSize', handSize, `${what} should not be greater than ${maxHashBits}`);
  }
}

function validateShares(
  errors: Complaints,
  path: Path,
  {
    nominalConcurrencyShares: shares = 0,
    lendablePercent: lendable = 0,
  }: flowcontrolv1.ExemptPriorityLevelConfiguration,
  between: () => void,
): void {
  if (shares < 0) complain(errors, path, 'nominalConcurrencyShares', shares, ['must be a non-negative integer']);
  between();
  if (lendable < 0 || lendable > 100) {
    complain(errors, path, 'lendablePercent', lendable, ['must be between 0 and 100, inclusive']);
  }
}

function validateLimited(
  errors: Complaints,
  path: Path,
  limited: flowcontrolv1.LimitedPriorityLevelConfiguration,
): void {
  validateShares(errors, path, limited, () => {
    const at = path.child('limitResponse');
    const { type = '', queuing } = limited.limitResponse ?? {};
    if (!require(errors, at, 'type', type)) return;
    oneOf(errors, at, 'type', type, ['Queue', 'Reject']);
    if (type === 'Reject' && queuing) {
      const why = 'must be nil if limited.limitResponse.type is not Limited';
      errors.push(field.forbidden(at.child('queuing'), why));
    } else if (type === 'Queue') {
      if (queuing) validateQueuing(errors, at.child('queuing'), queuing);
      else
        errors.push(field.required(at.child('queuing'), 'must not be empty if limited.limitResponse.type is Limited'));
    }
  });
  const limit = limited.borrowingLimitPercent ?? 0;
  if (limit < 0) {
    complain(errors, path, 'borrowingLimitPercent', limit, ['if specified, must be a non-negative integer']);
  }
}

/** Complaints about a priority level. */
export function validatePriorityLevel({ metadata, spec }: PriorityLevel): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('spec');
  const { type = '', exempt, limited } = spec ?? {};
  if ((metadata.name === 'exempt') !== (type === 'Exempt')) {
    complain(errors, path, 'type', type, ["must be 'Exempt' if and only if `name` is 'exempt'"]);
  }
  if (type === 'Exempt') {
    if (limited) errors.push(field.forbidden(path.child('limited'), 'must be nil if the type is not Limited'));
    if (exempt) validateShares(errors, path.child('exempt'), exempt, () => {});
  } else if (type === 'Limited') {
    if (exempt) errors.push(field.forbidden(path.child('exempt'), 'must be nil if the type is Limited'));
    if (limited) validateLimited(errors, path.child('limited'), limited);
    else errors.push(field.required(path.child('limited'), 'must not be empty when type is Limited'));
  } else if (require(errors, path, 'type', type)) oneOf(errors, path, 'type', type, ['Exempt', 'Limited']);
  return errors;
}
