/** Rules of what an autoscaler measures. Upstream: pkg/apis/autoscaling/validation/validation.go (v1.36) */
import type * as autoscalingv2 from '../../../../../api/autoscaling/v2.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { GoValue, type Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { isDNS1123Label, isPathSegmentName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, require } from '../../core/validation/complaints.ts';
import { validateContainerResourceName } from '../../core/validation/resource-names.ts';

type Reference = autoscalingv2.CrossVersionObjectReference;
type Target = autoscalingv2.MetricTarget;

const noTarget = Object.freeze({}) as Target;

/** The complaint about the apiVersion of a reference; undefined when it is fine. Upstream: ValidateAPIVersion */
export function apiVersionComplaint(apiVersion: string | undefined, allowEmptyGroup: boolean): string | undefined {
  const text = apiVersion ?? '';
  const parts = text.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${text}`;
  const hasGroup = parts.length === 2 && parts[0] !== '';
  return hasGroup || allowEmptyGroup ? undefined : 'apiVersion must specify API group';
}

/** Complains about a reference to an object. Upstream: ValidateCrossVersionObjectReference */
export function validateObjectReference(
  errors: Complaints,
  path: Path,
  ref: Reference | undefined,
  options: { readonly allowEmptyGroup: boolean; readonly allowInvalid: boolean },
): void {
  for (const name of ['kind', 'name'] as const) {
    const value = ref?.[name];
    if (require(errors, path, name, value)) complain(errors, path, name, value, isPathSegmentName(value ?? ''));
  }
  if (options.allowInvalid) return;
  const why = apiVersionComplaint(ref?.apiVersion, options.allowEmptyGroup);
  if (why !== undefined) complain(errors, path, 'apiVersion', ref?.apiVersion ?? '', [why]);
}

function validateTarget(errors: Complaints, path: Path, target: Target): void {
  const { type = '', averageUtilization } = target;
  require(errors, path, 'type', type, 'must specify a metric target type');
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    complain(errors, path, 'type', type, ['must be either Utilization, Value, or AverageValue']);
  }
  for (const name of ['value', 'averageValue'] as const) {
    const text = target[name];
    if (text === undefined) continue;
    const quantity = parseQuantity(text);
    if (quantity.sign <= 0) complain(errors, path, name, new GoValue(`"${quantity}"`), ['must be positive']);
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    complain(errors, path, 'averageUtilization', averageUtilization, ['must be greater than 0']);
  }
}

function validateIdentifier(errors: Complaints, path: Path, id: autoscalingv2.MetricIdentifier | undefined): void {
  if (require(errors, path, 'name', id?.name, 'must specify a metric name')) {
    complain(errors, path, 'name', id?.name, isPathSegmentName(id?.name ?? ''));
  }
}

function validateRawOrUtilization(errors: Complaints, path: Path, target: Target): void {
  if (target.averageUtilization === undefined && target.averageValue === undefined) {
    const why = 'must set either a target raw value or a target utilization';
    errors.push(field.required(path.child('averageUtilization'), why));
  }
  if (target.averageUtilization !== undefined && target.averageValue !== undefined) {
    const why = 'may not set both a target raw value and a target utilization';
    errors.push(field.forbidden(path.child('averageValue'), why));
  }
}

type SourceName = 'object' | 'external' | 'pods' | 'resource' | 'containerResource';
type Rules = {
  readonly [K in SourceName]: (
    errors: Complaints,
    path: Path,
    source: NonNullable<autoscalingv2.MetricSpec[K]>,
    allowInvalidVersion: boolean,
  ) => void;
};

/** In upstream's order. */
const rules: Rules = {
  object(errors, path, source, allowInvalid) {
    const at = path.child('target');
    const target = source.target ?? noTarget;
    validateObjectReference(errors, path.child('describedObject'), source.describedObject, {
      allowEmptyGroup: true,
      allowInvalid,
    });
    validateIdentifier(errors, path.child('metric'), source.metric);
    validateTarget(errors, at, target);
    if (target.value === undefined && target.averageValue === undefined) {
      errors.push(field.required(at.child('averageValue'), 'must set either a target value or averageValue'));
    }
  },
  external(errors, path, source) {
    const at = path.child('target');
    const target = source.target ?? noTarget;
    validateIdentifier(errors, path.child('metric'), source.metric);
    validateTarget(errors, at, target);
    if (target.value === undefined && target.averageValue === undefined) {
      const why = 'must set either a target value for metric or a per-pod target';
      errors.push(field.required(at.child('averageValue'), why));
    }
    if (target.value !== undefined && target.averageValue !== undefined) {
      const why = 'may not set both a target value for metric and a per-pod target';
      errors.push(field.forbidden(at.child('value'), why));
    }
  },
  pods(errors, path, source) {
    const at = path.child('target');
    const target = source.target ?? noTarget;
    validateIdentifier(errors, path.child('metric'), source.metric);
    validateTarget(errors, at, target);
    if (target.averageValue === undefined) {
      errors.push(field.required(at.child('averageValue'), 'must specify a positive target averageValue'));
    }
  },
  resource(errors, path, source) {
    const target = source.target ?? noTarget;
    require(errors, path, 'name', source.name, 'must specify a resource name');
    validateTarget(errors, path.child('target'), target);
    validateRawOrUtilization(errors, path.child('target'), target);
  },
  containerResource(errors, path, source) {
    const target = source.target ?? noTarget;
    if (require(errors, path, 'name', source.name, 'must specify a resource name')) {
      validateContainerResourceName(errors, path.child('name'), source.name);
    }
    if (require(errors, path, 'container', source.container, 'must specify a container')) {
      complain(errors, path, 'container', source.container, isDNS1123Label(source.container));
    }
    validateTarget(errors, path.child('target'), target);
    validateRawOrUtilization(errors, path.child('target'), target);
  },
};

const sourceNames = Object.keys(rules) as readonly SourceName[];
const types: Readonly<Record<string, SourceName>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

function validateSource<K extends SourceName>(
  errors: Complaints,
  path: Path,
  metric: autoscalingv2.MetricSpec,
  name: K,
  allowInvalidVersion: boolean,
): void {
  const source = metric[name];
  if (source) rules[name](errors, path.child(name), source, allowInvalidVersion);
}

function validateMetric(
  errors: Complaints,
  path: Path,
  metric: autoscalingv2.MetricSpec,
  allowInvalidVersion: boolean,
): void {
  const { type = '' } = metric;
  const expected = Object.hasOwn(types, type) ? types[type] : undefined;
  const refuseType = (): void => {
    errors.push(field.notSupported(path.child('type'), type, Object.keys(types)));
  };
  require(errors, path, 'type', type, 'must specify a metric source type');
  if (expected === undefined) refuseType();
  const present = sourceNames.filter((name) => metric[name] !== undefined);
  const [first] = present;
  if (first !== undefined) validateSource(errors, path, metric, first, allowInvalidVersion);
  if (expected === undefined) refuseType();
  else if (metric[expected] === undefined) {
    errors.push(field.required(path.child(expected), 'must populate information for the given metric source'));
  }
  if (present.length === 1) return;
  for (const name of present) {
    if (name !== expected) errors.push(field.forbidden(path.child(name), 'must populate the given metric source only'));
  }
}

/** Complains about metrics; `path` is the list's. Upstream: validateMetrics */
export function validateMetrics(
  errors: Complaints,
  path: Path,
  metrics: readonly autoscalingv2.MetricSpec[],
  allowInvalidVersion: boolean,
): void {
  for (const [i, metric] of metrics.entries()) validateMetric(errors, path.index(i), metric, allowInvalidVersion);
}
