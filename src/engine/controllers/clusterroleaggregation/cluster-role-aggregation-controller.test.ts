import { expect, it } from 'vitest';
import type * as rbacv1 from '../../../api/rbac/v1.ts';
import { aggregatedRules } from './cluster-role-aggregation-controller.ts';

const rule = (resource: string): rbacv1.PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: [resource] });
const role = (
  name: string,
  labels: Readonly<Record<string, string>>,
  ...rules: rbacv1.PolicyRule[]
): rbacv1.ClusterRole => ({
  metadata: { name, labels },
  rules,
});
const combined = (...matchLabels: Readonly<Record<string, string>>[]): rbacv1.ClusterRole => ({
  metadata: { name: 'combined', labels: { foo: 'bar' } },
  rules: [],
  aggregationRule: { clusterRoleSelectors: matchLabels.map((labels) => ({ matchLabels: labels })) },
});

// Upstream: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller_test.go TestSyncClusterRole (v1.36)
it.each([
  {
    name: 'no selected roles',
    of: combined({ none: 'such' }),
    roles: [role('hammer', { foo: 'bar' }, rule('a'))],
    expected: [],
  },
  {
    name: 'simple',
    of: combined({ foo: 'bar' }),
    roles: [role('hammer', { foo: 'bar' }, rule('a')), role('other', {}, rule('b'))],
    expected: [rule('a')],
  },
  {
    name: 'not itself',
    of: combined({ foo: 'bar' }),
    roles: [combined({ foo: 'bar' }), role('hammer', { foo: 'bar' }, rule('a'))],
    expected: [rule('a')],
  },
  {
    name: 'multiple roles, each rule once',
    of: combined({ foo: 'bar' }),
    roles: [role('a', { foo: 'bar' }, rule('a'), rule('b')), role('b', { foo: 'bar' }, rule('b'), rule('c'))],
    expected: [rule('a'), rule('b'), rule('c')],
  },
  {
    name: 'multiple selectors, in their order',
    of: combined({ baz: 'x' }, { foo: 'bar' }),
    roles: [role('a', { foo: 'bar' }, rule('a')), role('b', { baz: 'x' }, rule('b'))],
    expected: [rule('b'), rule('a')],
  },
])('aggregatedRules: $name', ({ of, roles, expected }) => {
  expect(aggregatedRules(of, roles)).toEqual(expected);
});
