import { secrets } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const secretsDefinition = defineResource(secrets, {
  strategy: { generation: 'none' },
});
