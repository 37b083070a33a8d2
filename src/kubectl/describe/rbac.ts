import type * as rbacv1 from '../../api/rbac/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { goList, printLabelsAndAnnotations } from './describe-parts.ts';
import { plain } from './session.ts';

/** Rules with one verb, one resource, one name each. Upstream: kubectl/pkg/util/rbac/rbac.go BreakdownRule (v1.36) */
export function breakdownRule(rule: rbacv1.PolicyRule): rbacv1.PolicyRule[] {
  const { apiGroups = [], resources = [], verbs = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const rules: rbacv1.PolicyRule[] = [];
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        const one = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) rules.push(one);
        for (const name of resourceNames) rules.push({ ...one, resourceNames: [name] });
      }
    }
  }
  for (const url of nonResourceURLs) for (const verb of verbs) rules.push({ nonResourceURLs: [url], verbs: [verb] });
  return rules;
}

/** Joins the verbs of one resource. Upstream: kubectl/pkg/util/rbac/rbac.go CompactRules (v1.36) */
export function compactRules(rules: readonly rbacv1.PolicyRule[]): rbacv1.PolicyRule[] {
  const complex: rbacv1.PolicyRule[] = [];
  const simple = new Map<string, rbacv1.PolicyRule>();
  for (const rule of rules) {
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if (resourceNames.length > 1 || nonResourceURLs.length > 0 || apiGroups.length !== 1 || resources.length !== 1) {
      complex.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups, resources, resourceNames]);
    const before = simple.get(key);
    simple.set(key, before ? { ...rule, verbs: [...new Set([...before.verbs, ...rule.verbs])] } : rule);
  }
  return [...complex, ...simple.values()];
}

/** By the text Go prints of a rule. */
export const sortRules = (rules: readonly rbacv1.PolicyRule[]): rbacv1.PolicyRule[] =>
  [...rules].sort((a, b) => compareStrings(ruleText(a), ruleText(b)));

const ruleText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: rbacv1.PolicyRule): string =>
  `&PolicyRule{Verbs:${goList(verbs)},APIGroups:${goList(apiGroups)},Resources:${goList(resources)},ResourceNames:${goList(resourceNames)},NonResourceURLs:${goList(nonResourceURLs)},}`;

/** `deployments.apps/scale`. Upstream: describe.go CombineResourceGroup (v1.36) */
export function combineResourceGroup([resource]: readonly string[], [group]: readonly string[]): string {
  if (resource === undefined) return '';
  const slash = resource.indexOf('/');
  const [name, sub] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)];
  return `${name}${group ? `.${group}` : ''}${sub}`;
}

/** Upstream: kubectl/pkg/describe/describe.go RoleDescriber (v1.36) */
export const describeRole = plain<rbacv1.Role>((w, { metadata, rules }) => {
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, 'PolicyRule:\n');
  w.write(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  w.write(1, '---------\t-----------------\t--------------\t-----\n');
  for (const rule of sortRules(compactRules((rules ?? []).flatMap(breakdownRule)))) {
    const { resources = [], apiGroups = [], nonResourceURLs, resourceNames, verbs } = rule;
    const name = combineResourceGroup(resources, apiGroups);
    w.write(1, `${name}\t${goList(nonResourceURLs)}\t${goList(resourceNames)}\t${goList(verbs)}\n`);
  }
});

/** Upstream: kubectl/pkg/describe/describe.go RoleBindingDescriber (v1.36) */
export const describeRoleBinding = plain<rbacv1.RoleBinding>((w, { metadata, roleRef, subjects }) => {
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, 'Role:\n');
  w.write(1, `Kind:\t${roleRef.kind}\n`);
  w.write(1, `Name:\t${roleRef.name}\n`);
  w.write(0, 'Subjects:\n');
  w.write(1, 'Kind\tName\tNamespace\n');
  w.write(1, '----\t----\t---------\n');
  for (const { kind, name, namespace = '' } of subjects ?? []) w.write(1, `${kind}\t${name}\t${namespace}\n`);
});
