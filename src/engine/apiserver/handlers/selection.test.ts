import { expect, it } from 'vitest';
import { parseFieldSelector } from '../../../apimachinery/fields.ts';
import { everything } from '../../../apimachinery/labels.ts';
import { eventsDefinition } from '../registry/core/events.ts';
import { eventsV1Definition } from '../registry/events/events.ts';
import { selection } from './selection.ts';

/** As it is stored: in core/v1. */
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'default' },
  involvedObject: { kind: 'Pod', name: 'p' },
  reportingComponent: 'a-controller',
};

it.each([
  { of: eventsDefinition, selector: 'source=a-controller', expected: true },
  { of: eventsDefinition, selector: 'reportingComponent=a-controller', expected: true },
  { of: eventsDefinition, selector: 'involvedObject.name=other', expected: false },
  { of: eventsV1Definition, selector: 'reportingController=a-controller', expected: true },
  { of: eventsV1Definition, selector: 'regarding.name=p,regarding.kind=Pod', expected: true },
  { of: eventsV1Definition, selector: 'regarding.name!=p', expected: false },
])('$selector of $of.group/$of.resource: $expected', ({ of, selector, expected }) => {
  expect(selection(of, everything(), parseFieldSelector(selector)).matches(event)).toBe(expected);
});

it('refuses fields of the other group', () => {
  expect(() => selection(eventsV1Definition, everything(), parseFieldSelector('source=a'))).toThrow(
    'field label not supported: source',
  );
});
