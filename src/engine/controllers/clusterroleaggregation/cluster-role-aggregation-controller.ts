import type * as rbacv1 from '../../../api/rbac/v1.ts';
import { clusterRoles } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { defineController } from '../define-controller.ts';

/**
 * Fills aggregated cluster roles with the rules of the roles they select, in order of names.
 *
 * Upstream: pkg/controller/clusterroleaggregation (v1.36)
 */
export const clusterRoleAggregationController = defineController({
  name: 'clusterrole-aggregation-controller',
  start(run) {
    const informer = run.informer(clusterRoles);
    const queue = run.queue();
    const enqueueAll = () => {
      for (const role of informer.store.list()) if (role.aggregationRule) queue.add(role.metadata.name ?? '');
    };
    run.watch(informer, {
      add: (role) => {
        if (informer.hasSynced) enqueueAll();
        else if (role.aggregationRule) queue.add(role.metadata.name ?? '');
      },
      update: (old, role) => {
        const same = deepEqual(old.rules, role.rules) && deepEqual(old.metadata.labels, role.metadata.labels);
        if (!same || !deepEqual(old.aggregationRule, role.aggregationRule)) enqueueAll();
      },
      delete: enqueueAll,
    });
    run.work({
      queue,
      informers: [informer],
      *reconcile(name) {
        const role = informer.store.get(name);
        if (!role?.aggregationRule) return;
        const rules = aggregatedRules(role, informer.store.list());
        if (deepEqual(role.rules ?? [], rules)) return;
        const applied: rbacv1.ClusterRole = {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name },
          rules,
        };
        const options = { fieldManager: 'clusterrole-aggregation-controller', force: true };
        yield* run.client.resource(clusterRoles).apply(applied, options);
      },
    });
  },
});

/** The rules of all selected roles, each once. */
export function aggregatedRules(
  role: rbacv1.ClusterRole,
  roles: readonly rbacv1.ClusterRole[],
): readonly rbacv1.PolicyRule[] {
  const rules: rbacv1.PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matches = labelSelectorAsSelector(selector);
    for (const other of roles) {
      if (other.metadata.name === role.metadata.name || !matches.matches(other.metadata.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
