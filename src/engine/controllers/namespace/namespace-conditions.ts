import type * as corev1 from '../../../api/core/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { getCondition } from '../shared/conditions.ts';

type Condition = corev1.NamespaceCondition;

/** The conditions in their order, and what they say when all is well. Upstream: status_condition_utils.go (v1.36) */
const successes: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
];

/** What was found while the content was being deleted. */
export interface DeletionFindings {
  readonly discoveryError?: string;
  readonly deleteErrors: readonly string[];
  /** Objects that remain, by `resource.group`. */
  readonly remaining: ReadonlyMap<string, number>;
  /** Objects that remain, by finalizer. */
  readonly finalizers: ReadonlyMap<string, number>;
}

const sorted = (texts: readonly string[]) => [...texts].sort(compareStrings).join(', ');

function problems(findings: DeletionFindings): Map<string, readonly [reason: string, message: string]> {
  const { discoveryError, deleteErrors, remaining, finalizers } = findings;
  const out = new Map<string, readonly [string, string]>();
  if (discoveryError !== undefined) out.set('NamespaceDeletionDiscoveryFailure', ['DiscoveryFailed', discoveryError]);
  if (deleteErrors.length > 0) {
    const message = `Failed to delete all resource types, ${deleteErrors.length} remaining: ${sorted(deleteErrors)}`;
    out.set('NamespaceDeletionContentFailure', ['ContentDeletionFailed', message]);
  }
  if (remaining.size > 0) {
    const texts = [...remaining].map(([resource, count]) => `${resource} has ${count} resource instances`);
    out.set('NamespaceContentRemaining', ['SomeResourcesRemain', `Some resources are remaining: ${sorted(texts)}`]);
  }
  if (finalizers.size > 0) {
    const texts = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
    const message = `Some content in the namespace has finalizers remaining: ${sorted(texts)}`;
    out.set('NamespaceFinalizersRemaining', ['SomeFinalizersRemain', message]);
  }
  return out;
}

/** The conditions after a pass; the same list when nothing changed. Upstream: updateConditions (v1.36) */
export function updateConditions(
  conditions: readonly Condition[],
  findings: DeletionFindings,
  time: string,
): readonly Condition[] {
  const found = problems(findings);
  const out = [...conditions];
  let changed = false;
  for (const [type, okReason, okMessage] of successes) {
    const problem = found.get(type);
    const [reason, message] = problem ?? [okReason, okMessage];
    const status = problem ? 'True' : 'False';
    const old = getCondition(out, type);
    if (old && old.status === status && old.reason === reason && old.message === message) continue;
    changed = true;
    const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? time) : time;
    const condition: Condition = { type, status, lastTransitionTime, reason, message };
    if (old) out[out.indexOf(old)] = condition;
    else out.push(condition);
  }
  return changed ? out : conditions;
}
