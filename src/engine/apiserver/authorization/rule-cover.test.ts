import { expect, it } from 'vitest';
import { missingPermissions } from './rule-cover.ts';

const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

it('tells what is missing, by resource', () => {
  expect(missingPermissions([pods], [pods])).toEqual([]);
  expect(missingPermissions([pods], [{ ...pods, verbs: ['get', 'delete', 'watch'] }])).toEqual([
    '{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}',
  ]);
  expect(missingPermissions([{ ...pods, resourceNames: ['x'] }], [pods])).toHaveLength(1);
  expect(missingPermissions([{ ...pods, resources: ['*/scale'] }], [{ ...pods, resources: ['jobs/scale'] }])).toEqual(
    [],
  );
  expect(missingPermissions([], [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }])).toEqual([
    '{NonResourceURLs:["/healthz"], Verbs:["get"]}',
  ]);
});
