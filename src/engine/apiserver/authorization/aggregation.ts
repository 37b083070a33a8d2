import type * as rbacv1 from '../../../api/rbac/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';

/**
 * What an aggregated role gathers, before the aggregation controller has written it down: so that `admin`, `edit` and `view` hold from
 * the very start. Differs: upstream's roles are empty until then.
 */
export function aggregatedRules(objects: ObjectReader, role: rbacv1.ClusterRole): readonly rbacv1.PolicyRule[] {
  if (role.metadata.labels?.['kubernetes.io/bootstrapping'] !== 'rbac-defaults') return [];
  const out: rbacv1.PolicyRule[] = [];
  const roles = objects.list<rbacv1.ClusterRole>('rbac.authorization.k8s.io', 'clusterroles');
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const parsed = labelSelectorAsSelector(selector);
    for (const one of roles) {
      if (one.metadata.name === role.metadata.name || !parsed.matches(one.metadata.labels ?? {})) continue;
      const rules = one.rules ?? aggregatedRules(objects, one);
      for (const rule of rules) if (!out.some((known) => deepEqual(known, rule))) out.push(rule);
    }
  }
  return out;
}
