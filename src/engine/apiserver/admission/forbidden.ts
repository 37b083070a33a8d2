import { newForbidden, type StatusError } from '../../../apimachinery/status-error.ts';
import type { AdmissionAttributes } from './admission.ts';

/** The refusal of an admission plugin. Upstream: apiserver/pkg/admission/errors.go NewForbidden (v1.36) */
export function admissionForbidden(attributes: AdmissionAttributes, why: string): StatusError {
  const { definition, object, old, name } = attributes;
  const generated = object?.metadata['generateName'];
  const shown =
    name || (typeof generated === 'string' && generated !== '' ? generated : '') || old?.metadata.name || '';
  return newForbidden(definition, shown || 'Unknown', why);
}
