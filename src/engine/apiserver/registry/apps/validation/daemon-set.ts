/** Rules of DaemonSets. Upstream: pkg/apis/apps/validation/validation.go (v1.36) */
import type * as appsv1 from '../../../../../api/apps/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, complain } from '../../core/validation/complaints.ts';
import { isNotMoreThan100Percent, validatePositiveIntOrPercent } from '../../core/validation/int-or-percent.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../../core/validation/labels.ts';
import { getValidationOptionsFromPodTemplate } from '../../core/validation/pod-options.ts';
import { validatePodTemplateSpec } from '../../core/validation/pod-template.ts';
import { getIntOrPercentValue } from './deployment.ts';
import { printedSelector, validateCollisionCount, validateCounts, validateImmutable } from './field-rules.ts';
import {
  emptyTemplate,
  isEmptySelector,
  readSelector,
  validateRunsForever,
  validateTemplateMatches,
} from './workload-template.ts';

type DaemonSet = appsv1.DaemonSet;
const specPath = field.newPath('spec');

function validateUpdateStrategy(errors: Complaints, strategy: appsv1.DaemonSetUpdateStrategy): void {
  const path = specPath.child('updateStrategy');
  if (strategy.type === 'OnDelete') return;
  if (strategy.type !== 'RollingUpdate') {
    const value = goValueOf('apps/v1.DaemonSetUpdateStrategy', strategy);
    errors.push(field.notSupported(path, value, ['RollingUpdate', 'OnDelete']));
    return;
  }
  const at = path.child('rollingUpdate');
  const { maxUnavailable = 0, maxSurge = 0 } = strategy.rollingUpdate ?? {};
  validatePositiveIntOrPercent(errors, at, 'maxUnavailable', maxUnavailable);
  validatePositiveIntOrPercent(errors, at, 'maxSurge', maxSurge);
  isNotMoreThan100Percent(errors, at, 'maxUnavailable', maxUnavailable);
  isNotMoreThan100Percent(errors, at, 'maxSurge', maxSurge);
  const [hasUnavailable, hasSurge] = [maxUnavailable, maxSurge].map((value) => getIntOrPercentValue(value) !== 0);
  if (hasUnavailable && hasSurge) {
    complain(errors, at, 'maxSurge', maxSurge, ['may not be set when maxUnavailable is non-zero']);
  } else if (!hasUnavailable && !hasSurge) {
    errors.push(field.required(at.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'));
  }
}

/** Complaints about a daemon set, given what it was. Upstream: ValidateDaemonSet, ValidateDaemonSetUpdate */
export function validateDaemonSet({ spec }: DaemonSet, old?: DaemonSet): FieldError[] {
  const errors: Complaints = [];
  if (!spec) return errors;
  if (old) validateImmutable(errors, specPath, 'selector', spec, old.spec, 'selector');
  const selectorPath = specPath.child('selector');
  const allowInvalidLabelValue = hasInvalidLabelValue(old?.spec?.selector);
  validateLabelSelector(errors, selectorPath, spec.selector, { allowInvalidLabelValue });
  const path = specPath.child('template');
  const template = spec.template ?? emptyTemplate;
  const selector = readSelector(spec.selector);
  if (selector) validateTemplateMatches(errors, path, template, selector);
  if (spec.selector && isEmptySelector(spec.selector)) {
    complain(errors, specPath, 'selector', printedSelector(spec.selector), ['empty selector is invalid for daemonset']);
  }
  const options = getValidationOptionsFromPodTemplate(template, old?.spec?.template);
  errors.push(...validatePodTemplateSpec(template, path, options));
  validateRunsForever(errors, path, template, 'DaemonSet');
  validateCounts(errors, specPath, spec, ['minReadySeconds']);
  validateUpdateStrategy(errors, spec.updateStrategy ?? {});
  validateCounts(errors, specPath, spec, ['revisionHistoryLimit']);
  return errors;
}

/** Upstream: ValidateDaemonSetStatusUpdate */
export function validateDaemonSetStatusUpdate({ status }: DaemonSet, old: DaemonSet): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('status');
  validateCounts(errors, path, status, [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ]);
  validateCollisionCount(errors, path, status, old.status);
  return errors;
}
