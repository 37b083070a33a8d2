/**
 * Whether some rules grant all that others do, and what is missing.
 * Upstream: component-helpers/auth/rbac/validation/policy_comparator.go, pkg/registry/rbac/validation/policy_compact.go (v1.36)
 */
import { compareStrings, quote } from '../../../apimachinery/go-format.ts';
import type { PolicyRule } from './rbac.ts';

/** The single permissions of `wanted` that no rule of `owned` grants, put together by resource, as upstream prints them in order. */
export function missingPermissions(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly string[] {
  const missing = wanted.flatMap(breakDown).filter((part) => !owned.some((rule) => covers(rule, part)));
  return [...new Set(compact(missing).map(ruleText))].sort(compareStrings);
}

function breakDown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = [];
  const names = rule.resourceNames ?? [];
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (names.length === 0) parts.push(part);
        for (const name of names) parts.push({ ...part, resourceNames: [name] });
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) parts.push({ nonResourceURLs: [url], verbs: [verb] });
  }
  return parts;
}

const hasAll = (owned: readonly string[], wanted: readonly string[]): boolean =>
  owned.includes('*') || wanted.every((one) => owned.includes(one));

function coversResources(owned: readonly string[], wanted: readonly string[]): boolean {
  if (owned.includes('*')) return true;
  return wanted.every((one) => {
    if (owned.includes(one)) return true;
    const slash = one.indexOf('/');
    return slash >= 0 && owned.includes(`*${one.slice(slash)}`);
  });
}

function coversUrls(owned: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((url) =>
    owned.some((one) => one === url || (one.endsWith('*') && url.startsWith(one.replace(/\*+$/, '')))),
  );
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  const ownerNames = owner.resourceNames ?? [];
  const names = part.resourceNames ?? [];
  const namesCovered =
    ownerNames.length === 0 || (names.length > 0 && names.every((name) => ownerNames.includes(name)));
  return (
    hasAll(owner.verbs, part.verbs) &&
    hasAll(owner.apiGroups ?? [], part.apiGroups ?? []) &&
    coversResources(owner.resources ?? [], part.resources ?? []) &&
    coversUrls(owner.nonResourceURLs ?? [], part.nonResourceURLs ?? []) &&
    namesCovered
  );
}

function compact(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const simple = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if ((rule.nonResourceURLs ?? []).length > 0) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = simple.get(key);
    simple.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule);
  }
  return [...others, ...simple.values()];
}

const listText = (name: string, list: readonly string[] | undefined): string[] =>
  list && list.length > 0 ? [`${name}:[${list.map(quote).join(' ')}]`] : [];

function ruleText(rule: PolicyRule): string {
  const parts = [
    ...listText('APIGroups', rule.apiGroups),
    ...listText('Resources', rule.resources),
    ...listText('NonResourceURLs', rule.nonResourceURLs),
    ...listText('ResourceNames', rule.resourceNames),
    ...listText('Verbs', rule.verbs),
  ];
  return `{${parts.join(', ')}}`;
}
