/** Whether what is created or changed fits the quotas of its namespace. Upstream: resourcequota/controller.go CheckRequest (v1.36) */
import type * as corev1 from '../../api/core/v1.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { type Evaluator, quotaMatches } from './evaluator.ts';
import {
  addResources,
  exceeding,
  formatResourceList,
  maskResources,
  parseResourceList,
  type ResourceList,
  subtractResources,
  zero,
} from '../../api/core/resource-list.ts';

export interface QuotaRequest {
  readonly evaluator: Evaluator;
  readonly object: KubernetesObject;
  /** The object before, on updates. */
  readonly old: KubernetesObject | undefined;
  readonly subresource: string;
}

/** A quota, and what is used of it once the request is done. */
export interface QuotaChange {
  readonly quota: corev1.ResourceQuota;
  readonly used: ResourceList;
}

/** Why a request is refused. */
export class QuotaRefusal extends Error {}

/** What the request changes of the quotas. @throws QuotaRefusal */
export function checkRequest(quotas: readonly corev1.ResourceQuota[], request: QuotaRequest): QuotaChange[] {
  const { evaluator, object, old, subresource } = request;
  const matching = quotas.filter((quota) => quotaMatches(quota, evaluator, object));
  for (const quota of matching) checkKnown(quota, request);
  // No moment counts: what is written is not finished.
  const usage = evaluator.usage(object, 0);
  const negative = [...usage].filter(([, amount]) => amount.sign < 0).map(([name]) => name);
  if (negative.length > 0) throw new QuotaRefusal(`quota usage is negative for resource(s): ${names(negative)}`);
  const changes: QuotaChange[] = [];
  for (const quota of matching) {
    const before = old && quotaMatches(quota, evaluator, old) ? evaluator.usage(old, 0) : undefined;
    const delta = positive(before ? subtractResources(usage, before) : usage);
    const hard = parseResourceList(quota.status?.hard);
    const requested = maskResources(delta, hard.keys());
    if (requested.size === 0) continue;
    const usedBefore = parseResourceList(quota.status?.used);
    const used = addResources(usedBefore, requested);
    const exceeded = exceeding(maskResources(used, requested.keys()), hard);
    if (subresource !== 'status' && exceeded.length > 0) {
      const [asked, had, limited] = [requested, usedBefore, hard].map((list) => shown(maskResources(list, exceeded)));
      const name = quota.metadata.name ?? '';
      throw new QuotaRefusal(`exceeded quota: ${name}, requested: ${asked}, used: ${had}, limited: ${limited}`);
    }
    changes.push({ quota, used });
  }
  return changes;
}

function checkKnown(quota: corev1.ResourceQuota, { evaluator, object }: QuotaRequest): void {
  const name = quota.metadata.name ?? '';
  const restricted = evaluator.matchingResources(Object.keys(quota.status?.hard ?? {}));
  const complaint = evaluator.constraint?.(restricted, object);
  if (complaint !== undefined) throw new QuotaRefusal(`failed quota: ${name}: ${complaint}`);
  const used = quota.status?.used ?? {};
  if (restricted.some((resource) => used[resource] === undefined)) {
    throw new QuotaRefusal(`status unknown for quota: ${name}, resources: ${names(restricted)}`);
  }
}

function positive(list: ResourceList): ResourceList {
  return new Map([...list].filter(([, amount]) => amount.cmp(zero) > 0));
}

function names(list: readonly string[]): string {
  return [...list].sort().join(',');
}

function shown(list: ResourceList): string {
  return Object.entries(formatResourceList(list))
    .map(([name, amount]) => `${name}=${amount}`)
    .join(',');
}
