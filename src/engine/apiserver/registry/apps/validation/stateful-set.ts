/** Rules of StatefulSets. Upstream: pkg/apis/apps/validation/validation.go (v1.36) */
import type * as appsv1 from '../../../../../api/apps/v1.ts';
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import type { Selector } from '../../../../../apimachinery/labels.ts';
import { isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { validateAnnotations } from '../../../generic/object-meta-validation.ts';
import { validatePersistentVolumeClaimSpec } from '../../core/validation/claim-spec.ts';
import { type Complaints, complain, oneOf, require, validateNonnegative } from '../../core/validation/complaints.ts';
import { isNotMoreThan100Percent, validatePositiveIntOrPercent } from '../../core/validation/int-or-percent.ts';
import { validateLabelMap } from '../../core/validation/labels.ts';
import { validatePodSpecificAnnotations } from '../../core/validation/pod-annotations.ts';
import { getValidationOptionsFromPodTemplate, type PodValidationOptions } from '../../core/validation/pod-options.ts';
import { validatePodTemplateSpec } from '../../core/validation/pod-template.ts';
import { getWarningsForPersistentVolumeClaimSpec } from '../../core/validation/volume-warnings.ts';
import { getIntOrPercentValue } from './deployment.ts';
import { validateCollisionCount, validateCounts, validateNotAbove } from './field-rules.ts';
import {
  emptyTemplate,
  templateWarnings,
  validateRequiredSelector,
  validateRunsForever,
  validateTemplateMatches,
} from './workload-template.ts';

type StatefulSet = appsv1.StatefulSet;
type Spec = appsv1.StatefulSetSpec;

interface Leniences {
  readonly isUpdate?: boolean;
  readonly skipTemplate?: boolean;
  readonly pod: PodValidationOptions;
}

const specPath = field.newPath('spec');
const emptyPodSpec = Object.freeze({}) as corev1.PodSpec;
const changeable = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
] as const;

function validateUpdateStrategy(errors: Complaints, strategy: appsv1.StatefulSetUpdateStrategy): void {
  const path = specPath.child('updateStrategy');
  const { type, rollingUpdate } = strategy;
  if (!type) errors.push(field.required(path));
  else if (type === 'OnDelete') {
    if (!rollingUpdate) return;
    const value = goValueOf('apps/v1.RollingUpdateStatefulSetStrategy', rollingUpdate);
    complain(errors, path, 'rollingUpdate', value, ["only allowed for updateStrategy 'RollingUpdate'"]);
  } else if (type === 'RollingUpdate') {
    const at = path.child('rollingUpdate');
    validateNonnegative(errors, at, 'partition', rollingUpdate?.partition);
    const maxUnavailable = rollingUpdate?.maxUnavailable;
    if (maxUnavailable === undefined) return;
    validatePositiveIntOrPercent(errors, at, 'maxUnavailable', maxUnavailable);
    if (getIntOrPercentValue(maxUnavailable) === 0) {
      complain(errors, at, 'maxUnavailable', maxUnavailable, ['cannot be 0']);
    }
    isNotMoreThan100Percent(errors, at, 'maxUnavailable', maxUnavailable);
  } else {
    const value = goValueOf('apps/v1.StatefulSetUpdateStrategy', strategy);
    errors.push(field.invalid(path, value, "must be 'RollingUpdate' or 'OnDelete'"));
  }
}

/** The template as the controller will fill it: claims as volumes, without a host name of its own. */
function templateToValidate({ template = emptyTemplate, volumeClaimTemplates = [] }: Spec): corev1.PodTemplateSpec {
  const { subdomain, hostname, ...spec } = template.spec ?? emptyPodSpec;
  if (!subdomain && !hostname && volumeClaimTemplates.length === 0) return template;
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''));
  const claims = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const volumes = [...claims, ...(spec.volumes ?? []).filter(({ name }) => !names.has(name))];
  return { ...template, spec: { ...spec, volumes } };
}

function validateTemplate(errors: Complaints, spec: Spec, selector: Selector, leniences: Leniences): void {
  const path = specPath.child('template');
  const template = templateToValidate(spec);
  if (!selector.isEmpty) validateTemplateMatches(errors, path, template, selector);
  if (!leniences.skipTemplate) errors.push(...validatePodTemplateSpec(template, path, leniences.pod));
  validateLabelMap(errors, path.child('labels'), template.metadata?.labels);
  const annotations = template.metadata?.annotations;
  if (!annotations) return;
  const at = path.child('annotations');
  errors.push(...validateAnnotations(annotations, at));
  const lenient = leniences.pod.allowInvalidPodDeletionCost === true;
  validatePodSpecificAnnotations(errors, at, annotations, template.spec ?? emptyPodSpec, lenient);
}

function validateSpec(errors: Complaints, spec: Spec, leniences: Leniences): void {
  const policy = spec.podManagementPolicy;
  if (require(errors, specPath, 'podManagementPolicy', policy) && policy !== 'OrderedReady' && policy !== 'Parallel') {
    complain(errors, specPath, 'podManagementPolicy', policy, ["must be 'OrderedReady' or 'Parallel'"]);
  }
  validateUpdateStrategy(errors, spec.updateStrategy ?? {});
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (retention) {
    const path = specPath.child('persistentVolumeClaimRetentionPolicy');
    for (const name of ['whenDeleted', 'whenScaled'] as const)
      oneOf(errors, path, name, retention[name], ['Retain', 'Delete']);
  }
  if (!leniences.isUpdate) {
    for (const [i, claim] of (spec.volumeClaimTemplates ?? []).entries()) {
      const path = specPath.child('volumeClaimTemplates').index(i).child('spec');
      validatePersistentVolumeClaimSpec(errors, path, claim.spec ?? ({} as corev1.PersistentVolumeClaimSpec));
    }
  }
  validateCounts(errors, specPath, spec, ['replicas', 'minReadySeconds']);
  validateNonnegative(errors, specPath, 'ordinals.start', spec.ordinals?.start);
  if (!leniences.isUpdate && spec.serviceName) {
    complain(errors, specPath, 'serviceName', spec.serviceName, isDNS1123Label(spec.serviceName));
  }
  const selector = validateRequiredSelector(errors, specPath, spec.selector, 'statefulset', '');
  if (selector) validateTemplate(errors, spec, selector, leniences);
  validateRunsForever(errors, specPath.child('template'), spec.template ?? emptyTemplate, 'StatefulSet');
}

/** Complaints about a new stateful set. Upstream: ValidateStatefulSet */
export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  const errors: Complaints = [];
  if (spec) validateSpec(errors, spec, { pod: getValidationOptionsFromPodTemplate(spec.template, undefined) });
  return errors;
}

function fixedPart(spec: Spec | undefined): object {
  return Object.fromEntries(Object.entries(spec ?? {}).filter(([name]) => !changeable.some((one) => one === name)));
}

/** Complaints about a change. Upstream: ValidateStatefulSetUpdate */
export function validateStatefulSetUpdate({ spec }: StatefulSet, old: StatefulSet): FieldError[] {
  const errors: Complaints = [];
  if (!spec || !old.spec) return errors;
  const pod = getValidationOptionsFromPodTemplate(spec.template, old.spec.template);
  const before: Complaints = [];
  validateSpec(before, old.spec, { pod, isUpdate: true });
  validateSpec(errors, spec, { pod, isUpdate: true, skipTemplate: before.length > 0 });
  if (!semanticDeepEqual(fixedPart(spec), fixedPart(old.spec))) {
    const why =
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
    errors.push(field.forbidden(specPath, why));
  }
  return errors;
}

/** Upstream: ValidateStatefulSetStatusUpdate */
export function validateStatefulSetStatusUpdate({ status }: StatefulSet, old: StatefulSet): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('status');
  const parts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const;
  validateCounts(errors, path, status, ['replicas', ...parts, 'observedGeneration', 'collisionCount']);
  validateNotAbove(errors, path, status, parts, 'replicas');
  validateNotAbove(errors, path, status, ['availableReplicas'], 'readyReplicas');
  validateCollisionCount(errors, path, status, old.status);
  return errors;
}

/** Warnings about a stateful set. Upstream: pkg/registry/apps/statefulset/strategy.go (v1.36) */
export function statefulSetWarnings(object: StatefulSet, old: StatefulSet | undefined): string[] {
  const warnings = templateWarnings(object, old);
  for (const [i, { spec }] of (object.spec?.volumeClaimTemplates ?? []).entries()) {
    const path = specPath.child('volumeClaimTemplates').index(i);
    if (spec) warnings.push(...getWarningsForPersistentVolumeClaimSpec(old ? path.child('Spec') : path, spec));
  }
  if ((object.spec?.revisionHistoryLimit ?? 0) < 0) {
    const why = 'a negative value retains all historical revisions; a value >= 0 is recommended';
    warnings.push(`spec.revisionHistoryLimit: ${why}`);
  }
  return warnings;
}
