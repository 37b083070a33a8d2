import { componentStatuses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const componentStatusesDefinition = defineResource(componentStatuses, {
  shortNames: ['cs'],
  verbs: ['get', 'list'],
});
