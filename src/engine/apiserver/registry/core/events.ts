import { events } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const eventsDefinition = defineResource(events, {
  shortNames: ['ev'],
  strategy: { generation: 'none' },
});
