import { podTemplates } from '../../../../api/resources.ts';
import { podTemplateColumns } from '../tables/core.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import { defineResource } from '../resource-definition.ts';
import { dropDisabledTemplateFields } from './pod-disabled-fields.ts';
import { getValidationOptionsFromPodTemplate } from './validation/pod-options.ts';
import { validatePodTemplateSpec } from './validation/pod-template.ts';
import { getWarningsForPodTemplate } from './validation/pod-warnings.ts';

const path = field.newPath('template');

export const podTemplatesDefinition = defineResource(podTemplates, {
  columns: podTemplateColumns,
  strategy: {
    returnsDeletedObject: true,
    prepareForCreate: (draft) => dropDisabledTemplateFields(draft, undefined),
    prepareForUpdate: (draft, old) => dropDisabledTemplateFields(draft, old.template),
    validate: ({ template = {} }) => validatePodTemplateSpec(template, path),
    validateUpdate: ({ template = {} }, old) =>
      validatePodTemplateSpec(template, path, getValidationOptionsFromPodTemplate(template, old.template)),
    warnings: (object, old) =>
      old && old.metadata.generation === object.metadata.generation
        ? []
        : getWarningsForPodTemplate(path, object.template ?? {}, old?.template),
  },
});
