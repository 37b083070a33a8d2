/** Rules of Events, written through the core group or through events.k8s.io. Upstream: pkg/apis/core/validation/events.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import { deepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isDNS1123Subdomain, isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { validateKubeFinalizers, validateObjectMetaUpdate } from '../../../generic/object-meta-validation.ts';
import { type Complaints, complainAt, fieldImmutable } from './complaints.ts';

const lengthLimit = 128;
const noteLengthLimit = 1024;
const noMatch = 'does not match event.namespace';

function checkLength(errors: Complaints, name: string, value: string, required: boolean, limit: number): void {
  const path = field.newPath(name);
  if (required && value === '') errors.push(field.required(path));
  // No character has more than three bytes.
  if (value.length * 3 > limit && byteLength(value) > limit)
    errors.push(field.invalid(path, '', `can have at most ${limit} characters`));
}

function checkNewStyle(errors: Complaints, event: corev1.Event, controllerField: string): void {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  const path = field.newPath(controllerField);
  if (reportingComponent === '') errors.push(field.required(path));
  complainAt(errors, path, reportingComponent, isQualifiedName(reportingComponent));
  checkLength(errors, 'reportingInstance', reportingInstance, true, lengthLimit);
  checkLength(errors, 'action', action, true, lengthLimit);
  checkLength(errors, 'reason', reason, true, lengthLimit);
  checkLength(errors, 'message', message, false, noteLengthLimit);
}

/** Upstream: legacyValidateEvent (v1.36) */
function legacyValidateEvent(errors: Complaints, event: corev1.Event, controllerField: string): void {
  const namespace = event.metadata.namespace ?? '';
  const about = event.involvedObject?.namespace ?? '';
  const isDefault = namespace === '' || namespace === 'default';
  const mismatch = event.eventTime
    ? about === '' && namespace !== 'default' && namespace !== 'kube-system'
    : about === ''
      ? !isDefault
      : about !== namespace;
  if (mismatch) errors.push(field.invalid(field.newPath('involvedObject', 'namespace'), about, noMatch));
  if (event.eventTime) checkNewStyle(errors, event, controllerField);
  complainAt(errors, field.newPath('namespace'), namespace, isDNS1123Subdomain(namespace));
}

/** Complaints about an event of `v1`. Upstream: ValidateEventCreate, ValidateEventUpdate (v1.36) */
export function validateCoreEvent(event: corev1.Event): FieldError[] {
  const errors: Complaints = [];
  legacyValidateEvent(errors, event, 'reportingComponent');
  return errors;
}

function validateSeries(errors: Complaints, { series }: corev1.Event): void {
  if (!series) return;
  if ((series.count ?? 0) < 2) errors.push(field.invalid(field.newPath('series.count'), '', 'should be at least 2'));
  if (!series.lastObservedTime) errors.push(field.required(field.newPath('series.lastObservedTime')));
}

/** Complaints about a new event of `events.k8s.io/v1`, given in its core form. Upstream: ValidateEventCreate (v1.36) */
export function validateEventCreate(event: corev1.Event): FieldError[] {
  const errors: Complaints = [];
  legacyValidateEvent(errors, event, 'reportingController');
  validateSeries(errors, event);
  if (!event.eventTime) errors.push(field.required(field.newPath('eventTime')));
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(field.invalid(field.newPath('type'), '', `has invalid value: ${event.type ?? ''}`));
  }
  const unset: readonly (readonly [name: string, value: unknown])[] = [
    ['firstTimestamp', event.firstTimestamp],
    ['lastTimestamp', event.lastTimestamp],
    ['count', event.count],
    ['source', event.source?.component || event.source?.host],
  ];
  for (const [name, value] of unset)
    if (value) errors.push(field.invalid(field.newPath(name), '', 'needs to be unset'));
  return errors;
}

const immutable: readonly (readonly [member: keyof corev1.Event, name: string, show: (value: unknown) => unknown])[] = [
  ['involvedObject', 'involvedObject', (value) => goValueOf('core/v1.ObjectReference', value)],
  ['reason', 'reason', (value) => value ?? ''],
  ['message', 'message', (value) => value ?? ''],
  ['source', 'source', (value) => goValueOf('core/v1.EventSource', value)],
  ['firstTimestamp', 'firstTimestamp', (value) => value ?? null],
  ['lastTimestamp', 'lastTimestamp', (value) => value ?? null],
  ['count', 'count', (value) => value ?? 0],
  ['reason', 'reason', (value) => value ?? ''],
  ['type', 'type', (value) => value ?? ''],
  ['eventTime', 'eventTime', (value) => value ?? null],
  ['action', 'action', (value) => value ?? ''],
  ['related', 'related', (value) => (value ? goValueOf('core/v1.ObjectReference', value) : null)],
  ['reportingComponent', 'reportingController', (value) => value ?? ''],
  ['reportingInstance', 'reportingInstance', (value) => value ?? ''],
];

/** Complaints about a change through `events.k8s.io/v1`, given in core forms. Upstream: ValidateEventUpdate (v1.36) */
export function validateEventUpdate(event: corev1.Event, old: corev1.Event): FieldError[] {
  const errors: Complaints = [];
  legacyValidateEvent(errors, event, 'reportingController');
  errors.push(...validateObjectMetaUpdate(event.metadata, old.metadata), ...validateKubeFinalizers(event.metadata));
  if (!deepEqual(event.series, old.series)) validateSeries(errors, event);
  for (const [member, name, show] of immutable) {
    if (deepEqual(event[member] ?? null, old[member] ?? null)) continue;
    errors.push(field.invalid(field.newPath(name), show(event[member]), fieldImmutable));
  }
  return errors;
}
