import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { type DeletionFindings, updateConditions } from './namespace-conditions.ts';

const nothing: DeletionFindings = { deleteErrors: [], remaining: new Map(), finalizers: new Map() };
const earlier = '2024-01-01T00:00:00Z';
const now = '2024-01-02T00:00:00Z';
const condition = (
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  lastTransitionTime = earlier,
) => ({ type, status, reason, message, lastTransitionTime }) satisfies corev1.NamespaceCondition;

const good = [
  condition(
    'NamespaceDeletionDiscoveryFailure',
    'False',
    'ResourcesDiscovered',
    'All resources successfully discovered',
  ),
  condition(
    'NamespaceDeletionGroupVersionParsingFailure',
    'False',
    'ParsedGroupVersions',
    'All legacy kube types successfully parsed',
  ),
  condition(
    'NamespaceDeletionContentFailure',
    'False',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ),
  condition('NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'),
  condition(
    'NamespaceFinalizersRemaining',
    'False',
    'ContentHasNoFinalizers',
    'All content-preserving finalizers finished',
  ),
] as const;
const failed = condition(
  'NamespaceDeletionContentFailure',
  'True',
  'ContentDeletionFailed',
  'Failed to delete all resource types, 2 remaining: a, b',
);
const deleteErrors = { ...nothing, deleteErrors: ['b', 'a'] };

// Upstream: pkg/controller/namespace/deletion/status_condition_utils_test.go TestUpdateConditions (v1.36)
it.each([
  {
    name: 'leave unknown',
    before: [condition('Other', 'True', 'Reason', 'text')],
    findings: nothing,
    expected: [
      condition('Other', 'True', 'Reason', 'text'),
      ...good.map((one) => ({ ...one, lastTransitionTime: now })),
    ],
  },
  {
    name: 'replace with success',
    before: good.map((one) => (one.type === failed.type ? failed : one)),
    findings: nothing,
    expected: good.map((one) => (one.type === failed.type ? { ...one, lastTransitionTime: now } : one)),
  },
  {
    name: 'leave different order',
    before: [good[4], good[1], good[2], good[3], good[0]],
    findings: nothing,
    expected: [good[4], good[1], good[2], good[3], good[0]],
  },
  {
    name: 'overwrite with failure',
    before: good,
    findings: deleteErrors,
    expected: good.map((one) => (one.type === failed.type ? { ...failed, lastTransitionTime: now } : one)),
  },
  {
    name: 'a failure that says something else keeps its time',
    before: good.map((one) => (one.type === failed.type ? { ...failed, message: 'else' } : one)),
    findings: deleteErrors,
    expected: good.map((one) => (one.type === failed.type ? failed : one)),
  },
])('updateConditions: $name', ({ before, findings, expected }) => {
  expect(updateConditions(before, findings, now)).toEqual(expected);
});

it('updateConditions gives the same list when nothing changed', () => {
  expect(updateConditions(good, nothing, now)).toBe(good);
});

it('updateConditions tells what remains, and for whose sake, in order', () => {
  const findings = {
    ...nothing,
    discoveryError: 'unable to retrieve the complete list',
    remaining: new Map([
      ['pods.', 2],
      ['configmaps.', 1],
    ]),
    finalizers: new Map([
      ['z.example.com/keep', 1],
      ['a.example.com/keep', 2],
    ]),
  };
  const told = new Map(
    updateConditions(good, findings, now).map(({ type, reason, message }) => [type, `${reason}: ${message}`]),
  );
  expect(told.get('NamespaceDeletionDiscoveryFailure')).toBe('DiscoveryFailed: unable to retrieve the complete list');
  expect(told.get('NamespaceContentRemaining')).toBe(
    'SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances, pods. has 2 resource instances',
  );
  expect(told.get('NamespaceFinalizersRemaining')).toBe(
    'SomeFinalizersRemain: Some content in the namespace has finalizers remaining: a.example.com/keep in 2 resource instances, z.example.com/keep in 1 resource instances',
  );
});
