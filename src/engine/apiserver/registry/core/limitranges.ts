import { limitRanges } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { validateLimitRange } from './validation/limit-range.ts';

export const limitRangesDefinition = defineResource(limitRanges, {
  shortNames: ['limits'],
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    prepareForCreate(draft, { random }) {
      draft.metadata.name ||= random.uid();
    },
    validate: validateLimitRange,
    validateUpdate: validateLimitRange,
    updateChecks: ['meta', 'own'],
  },
});
