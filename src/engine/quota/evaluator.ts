/** How much of what quotas limit an object uses. Shared by the quota controller and by admission. */
import type * as corev1 from '../../api/core/v1.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { one, type ResourceList } from '../../api/core/resource-list.ts';

/** Knows the usage of one resource's objects. */
export interface Evaluator<T extends KubernetesObject = KubernetesObject> {
  readonly group: string;
  readonly resource: string;
  /** Of these names, those it counts. */
  matchingResources(names: readonly string[]): string[];
  usage(object: T, nowMs: number): ResourceList;
  matchesScope(scope: corev1.ScopedResourceSelectorRequirement, object: T): boolean;
  /** Whether a change can have lowered the usage without the API server having counted it. */
  freesUsage(old: T, object: T, nowMs: number): boolean;
  /** Whether a change can raise the usage; creations always do. */
  countsUpdate?(subresource: string, old: T, object: T): boolean;
  /** Complaint about an object that leaves out what a quota needs. */
  constraint?(required: readonly string[], object: T): string | undefined;
}

/** `count/pods`, `count/deployments.apps`. */
export function objectCountName(group: string, resource: string): string {
  return group === '' ? `count/${resource}` : `count/${resource}.${group}`;
}

/** Counts objects, under the general name and perhaps an old one. */
export function objectCountEvaluator(group: string, resource: string, alias?: string): Evaluator {
  const counted = [objectCountName(group, resource), ...(alias ? [alias] : [])];
  const usage: ResourceList = new Map(counted.map((name) => [name, one]));
  return {
    group,
    resource,
    matchingResources: (names) => names.filter((name) => counted.includes(name)),
    usage: () => usage,
    matchesScope: () => false,
    freesUsage: () => false,
  };
}

/** All scopes of a quota as selectors. */
export function scopesOf({ spec }: corev1.ResourceQuota): readonly corev1.ScopedResourceSelectorRequirement[] {
  const named = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' as const }));
  return [...named, ...(spec?.scopeSelector?.matchExpressions ?? [])];
}

/** Whether a quota limits an object of the evaluator's resource. */
export function quotaMatches<T extends KubernetesObject>(
  quota: corev1.ResourceQuota,
  evaluator: Evaluator<T>,
  object: T,
): boolean {
  const names = Object.keys(quota.status?.hard ?? {});
  if (evaluator.matchingResources(names).length === 0) return false;
  return scopesOf(quota).every((scope) => evaluator.matchesScope(scope, object));
}
