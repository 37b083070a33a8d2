import type * as corev1 from '../../../../api/core/v1.ts';
import { events } from '../../../../api/resources.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain, nameIsPathSegment } from '../../../../apimachinery/validation.ts';
import { validateKubeFinalizers } from '../../generic/object-meta-validation.ts';
import { eventColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { validateCoreEvent, validateEventCreate, validateEventUpdate } from './validation/event.ts';

/** What selectors see of an event, by the names of core/v1. Upstream: pkg/registry/core/event/strategy.go ToSelectableFields (v1.36) */
export function eventSelectableFields(event: corev1.Event): Record<string, string> {
  const { involvedObject: about, reason, source, reportingComponent = '', type } = event;
  return {
    'involvedObject.kind': about.kind ?? '',
    'involvedObject.namespace': about.namespace ?? '',
    'involvedObject.name': about.name ?? '',
    'involvedObject.uid': about.uid ?? '',
    'involvedObject.apiVersion': about.apiVersion ?? '',
    'involvedObject.resourceVersion': about.resourceVersion ?? '',
    'involvedObject.fieldPath': about.fieldPath ?? '',
    reason: reason ?? '',
    reportingComponent,
    source: source?.component || reportingComponent,
    type: type ?? '',
  };
}

const newStyle = 'events.k8s.io/v1';

/** Names are stricter where they come through the newer group. */
function nameErrors({ metadata }: corev1.Event, isNew: boolean): FieldError[] {
  const { name = '', generateName = '' } = metadata;
  const check = isNew ? nameIsDNSSubdomain : nameIsPathSegment;
  const errors = generateName === '' ? [] : complaintsAbout('generateName', generateName, check(generateName, true));
  return name === '' ? errors : [...errors, ...complaintsAbout('name', name, check(name, false))];
}

const complaintsAbout = (key: string, value: string, messages: readonly string[]): FieldError[] =>
  messages.map((why) => field.invalid(field.newPath('metadata', key), value, why));

export const eventsDefinition = defineResource(events, {
  columns: eventColumns,
  shortNames: ['ev'],
  strategy: {
    generation: 'none',
    defaultGarbageCollection: 'Unsupported',
    allowCreateOnUpdate: true,
    validateName: () => [],
    anyFinalizers: true,
    validate: (event, { apiVersion }) => {
      const isNew = apiVersion === newStyle;
      if (!isNew) return [...nameErrors(event, false), ...validateCoreEvent(event)];
      return [...nameErrors(event, true), ...validateKubeFinalizers(event.metadata), ...validateEventCreate(event)];
    },
    validateUpdate: (event, old, { apiVersion }) =>
      apiVersion === newStyle ? validateEventUpdate(event, old) : validateCoreEvent(event),
    updateChecks: ['own'],
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
    selectableFields: eventSelectableFields,
  },
});
