import { eventsV1 } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const eventsV1Definition = defineResource(eventsV1, {
  shortNames: ['ev'],
  strategy: { generation: 'none' },
});
