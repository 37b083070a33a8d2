import { secrets } from '../../../../api/resources.ts';
import { secretColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { validateSecret, validateSecretUpdate } from './validation/config-data.ts';
import { mergeStringData } from './secret-string-data.ts';

export const secretsDefinition = defineResource(secrets, {
  columns: secretColumns,
  strategy: {
    generation: 'none',
    defaults(draft) {
      draft.type ||= 'Opaque';
      mergeStringData(draft);
    },
    prepareForUpdate(draft, old) {
      if (!draft.type && old.type) draft.type = old.type;
    },
    validate: validateSecret,
    validateUpdate: validateSecretUpdate,
    selectableFieldNames: ['type'],
    selectableFields: (object) => ({ type: object.type ?? '' }),
  },
});
