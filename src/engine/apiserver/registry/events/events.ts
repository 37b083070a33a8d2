import { eventsV1 } from '../../../../api/resources.ts';
import type * as corev1 from '../../../../api/core/v1.ts';
import { eventSelectableFields } from '../core/events.ts';
import { defineResource } from '../resource-definition.ts';
import { eventFromCore, eventToCore } from './event-conversion.ts';

/** How selectors of this group name what core/v1 names otherwise. Upstream: pkg/apis/events/v1/conversion.go (v1.36) */
const selectable: ReadonlyMap<string, string> = new Map([
  ['regarding.kind', 'involvedObject.kind'],
  ['regarding.namespace', 'involvedObject.namespace'],
  ['regarding.name', 'involvedObject.name'],
  ['regarding.uid', 'involvedObject.uid'],
  ['regarding.apiVersion', 'involvedObject.apiVersion'],
  ['regarding.resourceVersion', 'involvedObject.resourceVersion'],
  ['regarding.fieldPath', 'involvedObject.fieldPath'],
  ['reason', 'reason'],
  ['reportingController', 'reportingComponent'],
  ['type', 'type'],
]);

/** Of an event as it is stored. */
function selectableFields(stored: corev1.Event): Record<string, string> {
  const fields = eventSelectableFields(stored);
  return Object.fromEntries([...selectable].map(([name, core]) => [name, fields[core] ?? '']));
}

export const eventsV1Definition = defineResource(eventsV1, {
  shortNames: ['ev'],
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    selectableFieldNames: [...selectable.keys()],
    selectableFields: (event) => selectableFields(event as unknown as corev1.Event),
  },
  storedAs: {
    group: '',
    resource: 'events',
    toStorage: (object) => eventToCore(object as never),
    fromStorage: (object) => eventFromCore(object as never),
  },
});
