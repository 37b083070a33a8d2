/** Rules of claims, their templates and device classes. Upstream: pkg/apis/resource/validation/validation.go (v1.36) */
import { goValueOf } from '../../../../../api/go-value.ts';
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, complain, fieldImmutable } from '../../core/validation/complaints.ts';
import { validateTemplateObjectMeta } from '../../core/validation/claim-spec.ts';
import { isExtendedResourceName } from '../../core/validation/resource-names.ts';
import { deviceConfigMaxSize, validateResourceClaimSpec } from './device-claim.ts';
import { validateDeviceConfiguration } from './device-configuration.ts';
import { validateSelectors } from './device-selector.ts';
import { validateSlice } from './field-rules.ts';

const specPath = field.newPath('spec');

/** Complaints about a new claim. */
export function validateResourceClaim({ spec }: resourcev1.ResourceClaim): FieldError[] {
  const errors: Complaints = [];
  validateResourceClaimSpec(errors, specPath, spec);
  return errors;
}

/** Complaints about a change of a claim: its spec stays. */
export function validateResourceClaimUpdate(
  { spec }: resourcev1.ResourceClaim,
  old: resourcev1.ResourceClaim,
): FieldError[] {
  if (semanticDeepEqual(spec, old.spec)) return [];
  return [field.invalid(specPath, goValueOf('resource/v1.ResourceClaimSpec', spec), fieldImmutable)];
}

/** Complaints about a template. */
export function validateResourceClaimTemplate({ spec }: resourcev1.ResourceClaimTemplate): FieldError[] {
  const errors: Complaints = [];
  validateTemplateObjectMeta(errors, specPath.child('metadata'), spec?.metadata);
  validateResourceClaimSpec(errors, specPath.child('spec'), spec?.spec);
  return errors;
}

/** Complaints about a change of a template: its spec stays. */
export function validateResourceClaimTemplateUpdate(
  template: resourcev1.ResourceClaimTemplate,
  old: resourcev1.ResourceClaimTemplate,
): FieldError[] {
  if (semanticDeepEqual(template.spec, old.spec)) return [];
  return [field.invalid(specPath, goValueOf('resource/v1.ResourceClaimTemplateSpec', template.spec), fieldImmutable)];
}

/** Complaints about a class, given what it was. Upstream: validateDeviceClassSpec */
export function validateDeviceClass({ spec }: resourcev1.DeviceClass, old?: resourcev1.DeviceClass): FieldError[] {
  const errors: Complaints = [];
  const { selectors, config, extendedResourceName: name } = spec ?? {};
  validateSelectors(errors, specPath.child('selectors'), selectors);
  const stored = old !== undefined && semanticDeepEqual(config, old.spec?.config);
  validateSlice(errors, specPath.child('config'), config, deviceConfigMaxSize, (one, at) =>
    validateDeviceConfiguration(errors, at, one, stored),
  );
  if (name !== undefined && !isExtendedResourceName(name)) {
    complain(errors, specPath, 'extendedResourceName', name, ['must be a valid extended resource name']);
  }
  return errors;
}
