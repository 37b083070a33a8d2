/** Rules of autoscalers. Upstream: pkg/apis/autoscaling/validation/validation.go (v1.36) */
import type * as autoscalingv2 from '../../../../../api/autoscaling/v2.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import {
  type Complaints,
  complain,
  isNotPositive,
  oneOf,
  validateNonnegative,
} from '../../core/validation/complaints.ts';
import { validateNonnegativeQuantity } from '../../core/validation/resources.ts';
import { apiVersionComplaint, validateMetrics, validateObjectReference } from './metrics.ts';

type Autoscaler = autoscalingv2.HorizontalPodAutoscaler;

const path = field.newPath('spec');
const emptySpec = Object.freeze({}) as autoscalingv2.HorizontalPodAutoscalerSpec;
const maxPeriodSeconds = 1800;
const maxStabilizationWindowSeconds = 3600;

function validatePolicy(errors: Complaints, at: Path, policy: autoscalingv2.HPAScalingPolicy): void {
  oneOf(errors, at, 'type', policy.type, ['Percent', 'Pods']);
  for (const name of ['value', 'periodSeconds'] as const) {
    const number = policy[name] ?? 0;
    if (number <= 0) complain(errors, at, name, number, [isNotPositive]);
  }
  if (policy.periodSeconds > maxPeriodSeconds) {
    complain(errors, at, 'periodSeconds', policy.periodSeconds, [`must be less than or equal to ${maxPeriodSeconds}`]);
  }
}

function validateScalingRules(errors: Complaints, at: Path, rules: autoscalingv2.HPAScalingRules | undefined): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance } = rules;
  if (seconds !== undefined && seconds < 0) {
    complain(errors, at, 'stabilizationWindowSeconds', seconds, ['must be greater than or equal to zero']);
  }
  if (seconds !== undefined && seconds > maxStabilizationWindowSeconds) {
    const why = `must be less than or equal to ${maxStabilizationWindowSeconds}`;
    complain(errors, at, 'stabilizationWindowSeconds', seconds, [why]);
  }
  if (selectPolicy !== undefined) oneOf(errors, at, 'selectPolicy', selectPolicy, ['Disabled', 'Max', 'Min']);
  if (policies.length === 0) errors.push(field.required(at.child('policies'), 'must specify at least one Policy'));
  for (const [i, policy] of policies.entries()) validatePolicy(errors, at.child('policies').index(i), policy);
  if (tolerance !== undefined) validateNonnegativeQuantity(errors, at.child('tolerance'), parseQuantity(tolerance));
}

/** What an object that was there may keep. */
interface Leniences {
  readonly lowestMinReplicas: number;
  readonly allowInvalidTargetVersion: boolean;
  readonly allowInvalidMetricVersion: boolean;
}

function leniences(autoscaler: Autoscaler, old: Autoscaler | undefined): Leniences {
  const [now, before] = [autoscaler.spec?.scaleTargetRef, old?.spec?.scaleTargetRef];
  const objects = (old?.spec?.metrics ?? []).filter(({ type, object }) => type === 'Object' && object);
  return {
    lowestMinReplicas: old?.spec?.minReplicas === 0 ? 0 : 1,
    allowInvalidTargetVersion:
      before !== undefined && before.apiVersion === now?.apiVersion && before.kind === now?.kind,
    allowInvalidMetricVersion: objects.some(
      ({ object }) => apiVersionComplaint(object?.describedObject.apiVersion, true) !== undefined,
    ),
  };
}

function validateReplicas(errors: Complaints, spec: autoscalingv2.HorizontalPodAutoscalerSpec, lowest: number): void {
  const { minReplicas, maxReplicas = 0 } = spec;
  if (minReplicas !== undefined && minReplicas < lowest) {
    complain(errors, path, 'minReplicas', minReplicas, [`must be greater than or equal to ${lowest}`]);
  }
  if (maxReplicas === 0) errors.push(field.required(path.child('maxReplicas'), 'must be set and greater than 0'));
  else if (maxReplicas < 0) {
    complain(errors, path, 'maxReplicas', maxReplicas, ['must be greater than or equal to 1']);
  }
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    complain(errors, path, 'maxReplicas', maxReplicas, ['must be greater than or equal to `minReplicas`']);
  }
}

/** Complaints about an autoscaler, given what it was. */
export function validateHorizontalPodAutoscaler(autoscaler: Autoscaler, old?: Autoscaler): FieldError[] {
  const errors: Complaints = [];
  const spec = autoscaler.spec ?? emptySpec;
  const lenient = leniences(autoscaler, old);
  validateReplicas(errors, spec, lenient.lowestMinReplicas);
  validateObjectReference(errors, path.child('scaleTargetRef'), spec.scaleTargetRef, {
    allowEmptyGroup: spec.scaleTargetRef?.kind === 'ReplicationController',
    allowInvalid: lenient.allowInvalidTargetVersion,
  });
  const metrics = spec.metrics ?? [];
  validateMetrics(errors, path.child('metrics'), metrics, lenient.allowInvalidMetricVersion);
  if (spec.minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const why = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(field.forbidden(path.child('metrics'), why));
  }
  if (spec.behavior) {
    const at = path.child('behavior');
    validateScalingRules(errors, at.child('scaleUp'), spec.behavior.scaleUp);
    validateScalingRules(errors, at.child('scaleDown'), spec.behavior.scaleDown);
  }
  return errors;
}

/** Complaints about a status. */
export function validateHorizontalPodAutoscalerStatusUpdate({ status }: Autoscaler): FieldError[] {
  const errors: Complaints = [];
  validateNonnegative(errors, field.newPath('status'), 'currentReplicas', status?.currentReplicas);
  validateNonnegative(errors, field.newPath('status'), 'desiredReplicas', status?.desiredReplicas);
  return errors;
}
