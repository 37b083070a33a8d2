import { limitRanges } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const limitRangesDefinition = defineResource(limitRanges, {
  shortNames: ['limits'],
  strategy: { generation: 'none' },
});
