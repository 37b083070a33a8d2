import { eventsV1 } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { eventFromCore, eventToCore } from './event-conversion.ts';

export const eventsV1Definition = defineResource(eventsV1, {
  shortNames: ['ev'],
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    selectableFieldNames: [
      'regarding.kind',
      'regarding.namespace',
      'regarding.name',
      'regarding.uid',
      'regarding.apiVersion',
      'regarding.resourceVersion',
      'regarding.fieldPath',
      'reason',
      'reportingController',
      'type',
    ],
  },
  storedAs: {
    group: '',
    resource: 'events',
    toStorage: (object) => eventToCore(object as never),
    fromStorage: (object) => eventFromCore(object as never),
  },
});
