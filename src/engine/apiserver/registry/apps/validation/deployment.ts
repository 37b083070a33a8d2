/** Rules of Deployments and ReplicaSets. Upstream: pkg/apis/apps/validation/validation.go (v1.36) */
import type * as appsv1 from '../../../../../api/apps/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import type { IntOrString } from '../../../../../apimachinery/int-or-string.ts';
import { isValidPercent } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, validateNonnegative } from '../../core/validation/complaints.ts';
import { isNotMoreThan100Percent, validatePositiveIntOrPercent } from '../../core/validation/int-or-percent.ts';
import { getValidationOptionsFromPodTemplate } from '../../core/validation/pod-options.ts';
import { validatePodTemplateSpec } from '../../core/validation/pod-template.ts';
import { validateCollisionCount, validateCounts, validateImmutable, validateNotAbove } from './field-rules.ts';
import {
  emptyTemplate,
  validateRequiredSelector,
  validateRunsForever,
  validateTemplateMatches,
} from './workload-template.ts';

const specPath = field.newPath('spec');
const statusPath = field.newPath('status');

/** The number before the percent sign, or the number; 0 for a text that is neither. Upstream: getIntOrPercentValue */
export function getIntOrPercentValue(value: IntOrString | undefined): number {
  if (typeof value !== 'string') return value ?? 0;
  if (isValidPercent(value).length === 0) return Number(value.slice(0, -1));
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}

type Replicated = Pick<appsv1.DeploymentSpec, 'replicas' | 'selector' | 'template'>;

function validateSelectorAndTemplate(errors: Complaints, spec: Replicated, old: Replicated | undefined): void {
  const selector = validateRequiredSelector(errors, specPath, spec.selector, 'deployment');
  if (!selector) return;
  const path = specPath.child('template');
  const template = spec.template ?? emptyTemplate;
  if (!selector.isEmpty) validateTemplateMatches(errors, path, template, selector);
  errors.push(...validatePodTemplateSpec(template, path, getValidationOptionsFromPodTemplate(template, old?.template)));
  validateRunsForever(errors, path, template, 'ReplicaSet');
}

function validateStrategy(errors: Complaints, path: Path, strategy: appsv1.DeploymentStrategy): void {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (!rollingUpdate) return;
    const why = "may not be specified when strategy `type` is 'Recreate'";
    errors.push(field.forbidden(path.child('rollingUpdate'), why));
  } else if (type === 'RollingUpdate') {
    const at = path.child('rollingUpdate');
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    validatePositiveIntOrPercent(errors, at, 'maxUnavailable', maxUnavailable);
    validatePositiveIntOrPercent(errors, at, 'maxSurge', maxSurge);
    if (getIntOrPercentValue(maxUnavailable) === 0 && getIntOrPercentValue(maxSurge) === 0) {
      complain(errors, at, 'maxUnavailable', maxUnavailable, ['may not be 0 when `maxSurge` is 0']);
    }
    isNotMoreThan100Percent(errors, at, 'maxUnavailable', maxUnavailable);
  } else {
    const value = goValueOf('apps/v1.DeploymentStrategy', strategy);
    errors.push(field.notSupported(path, value, ['Recreate', 'RollingUpdate']));
  }
}

/** Complaints about a deployment, given what it was. Upstream: ValidateDeployment, ValidateDeploymentUpdate */
export function validateDeployment({ spec }: appsv1.Deployment, old?: appsv1.Deployment): FieldError[] {
  const errors: Complaints = [];
  if (!spec) return errors;
  validateNonnegative(errors, specPath, 'replicas', spec.replicas);
  validateSelectorAndTemplate(errors, spec, old?.spec);
  validateStrategy(errors, specPath.child('strategy'), spec.strategy ?? {});
  validateCounts(errors, specPath, spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']);
  const deadline = spec.progressDeadlineSeconds;
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    complain(errors, specPath, 'progressDeadlineSeconds', deadline, ['must be greater than minReadySeconds']);
  }
  if (old) validateImmutable(errors, specPath, 'selector', spec, old.spec, 'selector');
  return errors;
}

/** Complaints about a replica set, given what it was. Upstream: ValidateReplicaSet, ValidateReplicaSetUpdate */
export function validateReplicaSet({ spec }: appsv1.ReplicaSet, old?: appsv1.ReplicaSet): FieldError[] {
  const errors: Complaints = [];
  if (!spec) return errors;
  validateCounts(errors, specPath, spec, ['replicas', 'minReadySeconds']);
  validateSelectorAndTemplate(errors, spec as Replicated, old?.spec as Replicated | undefined);
  if (old) validateImmutable(errors, specPath, 'selector', spec, old.spec, 'selector');
  return errors;
}

/** Upstream: ValidateDeploymentStatusUpdate */
export function validateDeploymentStatusUpdate({ status }: appsv1.Deployment, old: appsv1.Deployment): FieldError[] {
  const errors: Complaints = [];
  validateCounts(errors, statusPath, status, [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ]);
  const parts = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;
  validateNotAbove(errors, statusPath, status, parts, 'replicas');
  const why = 'cannot be greater than readyReplicas';
  validateNotAbove(errors, statusPath, status, ['availableReplicas'], 'readyReplicas', why);
  validateCollisionCount(errors, statusPath, status, old.status);
  return errors;
}

/** Upstream: ValidateReplicaSetStatusUpdate */
export function validateReplicaSetStatusUpdate({ status }: appsv1.ReplicaSet): FieldError[] {
  const errors: Complaints = [];
  const parts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;
  validateCounts(errors, statusPath, status, ['replicas', ...parts, 'observedGeneration', 'terminatingReplicas']);
  validateNotAbove(errors, statusPath, status, parts, 'replicas');
  const why = 'cannot be greater than readyReplicas';
  validateNotAbove(errors, statusPath, status, ['availableReplicas'], 'readyReplicas', why);
  return errors;
}
