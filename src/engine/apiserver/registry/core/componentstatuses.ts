import { componentStatuses } from '../../../../api/resources.ts';
import { componentStatusColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';

export const componentStatusesDefinition = defineResource(componentStatuses, {
  columns: componentStatusColumns,
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
});
