/** Rules of ReplicationControllers. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { selectorFromSet } from '../../../../../apimachinery/labels.ts';
import { isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, validateNonnegative } from './complaints.ts';
import { getValidationOptionsFromPodTemplate, type PodValidationOptions } from './pod-options.ts';
import { validatePodTemplateSpec } from './pod-template.ts';
import { getWarningsForPodTemplate } from './pod-warnings.ts';

type Controller = corev1.ReplicationController;
type Spec = corev1.ReplicationControllerSpec;

const specPath = field.newPath('spec');
const emptySpec: Spec = Object.freeze({});
const counts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;

function validateTemplate(errors: Complaints, path: Path, spec: Spec, options: PodValidationOptions): void {
  const { template, selector } = spec;
  if (!template) {
    errors.push(field.required(path));
    return;
  }
  const labels = template.metadata?.labels;
  if (Object.keys(selector ?? {}).length > 0 && !selectorFromSet(selector).matches(labels)) {
    const why = '`selector` does not match template `labels`';
    complain(errors, path.child('metadata'), 'labels', labels ?? null, [why]);
  }
  errors.push(...validatePodTemplateSpec(template, path, options));
  const restartPolicy = template.spec?.restartPolicy ?? '';
  if (restartPolicy !== 'Always') {
    errors.push(field.notSupported(path.child('spec', 'restartPolicy'), restartPolicy, ['Always']));
  }
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    const why = 'activeDeadlineSeconds in ReplicationController is not Supported';
    errors.push(field.forbidden(path.child('spec', 'activeDeadlineSeconds'), why));
  }
}

/** Complaints about a controller, given what it was. Upstream: ValidateReplicationControllerSpec (v1.36) */
export function validateReplicationController({ spec = emptySpec }: Controller, old?: Controller): FieldError[] {
  const errors: Complaints = [];
  validateNonnegative(errors, specPath, 'minReadySeconds', spec.minReadySeconds);
  if (Object.keys(spec.selector ?? {}).length === 0) errors.push(field.required(specPath.child('selector')));
  if (spec.replicas === undefined) errors.push(field.required(specPath.child('replicas')));
  else validateNonnegative(errors, specPath, 'replicas', spec.replicas);
  const options = getValidationOptionsFromPodTemplate(spec.template, old?.spec?.template);
  validateTemplate(errors, specPath.child('template'), spec, options);
  return errors;
}

/** Complaints about a status. Upstream: ValidateReplicationControllerStatus (v1.36) */
export function validateReplicationControllerStatusUpdate({ status }: Controller): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('status');
  for (const name of ['replicas', ...counts, 'observedGeneration'] as const) {
    validateNonnegative(errors, path, name, status?.[name]);
  }
  for (const name of counts) {
    const count = status?.[name] ?? 0;
    if (count > (status?.replicas ?? 0)) {
      complain(errors, path, name, count, ['cannot be greater than status.replicas']);
    }
  }
  const available = status?.availableReplicas ?? 0;
  if (available > (status?.readyReplicas ?? 0)) {
    complain(errors, path, 'availableReplicas', available, ['cannot be greater than readyReplicas']);
  }
  return errors;
}

/** Warnings about a controller. Upstream: pkg/registry/core/replicationcontroller/strategy.go WarningsOnCreate (v1.36) */
export function replicationControllerWarnings(object: Controller, old: Controller | undefined): string[] {
  const path = specPath.child('template');
  const template = object.spec?.template;
  if (!template || (old && old.metadata.generation === object.metadata.generation)) return [];
  if (old) return getWarningsForPodTemplate(path, template, old.spec?.template);
  const messages = isDNS1123Label(object.metadata.name ?? '');
  const why =
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
  const name = messages.length > 0 ? [`${why}: [${messages.join(' ')}]`] : [];
  return [...name, ...getWarningsForPodTemplate(path, template)];
}
