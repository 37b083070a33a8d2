import { events } from '../../../../api/resources.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';
import { eventColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { validateCoreEvent, validateEventCreate, validateEventUpdate } from './validation/event.ts';

const newStyle = 'events.k8s.io/v1';

export const eventsDefinition = defineResource(events, {
  columns: eventColumns,
  shortNames: ['ev'],
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    validateName: nameIsPathSegment,
    validate: (event, { apiVersion }) =>
      apiVersion === newStyle ? validateEventCreate(event) : validateCoreEvent(event),
    validateUpdate: (event, old, { apiVersion }) =>
      apiVersion === newStyle ? validateEventUpdate(event, old) : validateCoreEvent(event),
    selectableFieldNames: [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'reportingComponent',
      'source',
      'type',
    ],
    selectableFields: ({ involvedObject: about, reason, source, reportingComponent, type }) => ({
      'involvedObject.kind': about.kind ?? '',
      'involvedObject.namespace': about.namespace ?? '',
      'involvedObject.name': about.name ?? '',
      'involvedObject.uid': about.uid ?? '',
      'involvedObject.apiVersion': about.apiVersion ?? '',
      'involvedObject.resourceVersion': about.resourceVersion ?? '',
      'involvedObject.fieldPath': about.fieldPath ?? '',
      reason: reason ?? '',
      reportingComponent: reportingComponent ?? '',
      source: source?.component || (reportingComponent ?? ''),
      type: type ?? '',
    }),
  },
});
