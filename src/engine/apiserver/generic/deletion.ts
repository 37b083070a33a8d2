/**
 * What a delete makes of an object: graceful deletion and the finalizers of garbage collection.
 * Upstream: apiserver/pkg/registry/rest/delete.go, registry/generic/registry/store.go (v1.36)
 */
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newConflict } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Strategy } from '../registry/resource-definition.ts';
import { asObject, type Preconditions, type WritableObject } from './operation.ts';

/** `metav1.DeleteOptions`. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: Preconditions;
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: string;
  readonly dryRun?: readonly string[];
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean;
}

/** Checks that an object is still the one that a delete means. @throws StatusError Conflict */
export function checkDeletePreconditions(
  { metadata }: KubernetesObject,
  preconditions: Preconditions | undefined,
  named: { readonly group: string; readonly resource: string },
): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const { name = '' } = metadata;
  if (uid !== undefined && uid !== metadata.uid) {
    throw newConflict(
      named,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw newConflict(
      named,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
  }
}

export interface DeleteVerdict {
  /** The object was marked and stays for its grace period. */
  readonly graceful: boolean;
  /** It is being deleted already and nothing changes. */
  readonly pending: boolean;
  readonly graceSeconds: number;
}

const now: DeleteVerdict = { graceful: false, pending: false, graceSeconds: 0 };
const pending: DeleteVerdict = { graceful: false, pending: true, graceSeconds: 0 };

/** Marks a draft for graceful deletion, if its strategy knows such. Upstream: rest.BeforeDelete (v1.36) */
export function beforeDelete(
  strategy: Strategy,
  draft: WritableObject,
  options: DeleteOptions,
  nowMs: number,
): DeleteVerdict {
  if (!strategy.gracePeriodSeconds) return now;
  const meta = asObject(draft).metadata;
  if (meta.deletionTimestamp !== undefined) {
    const old = meta.deletionGracePeriodSeconds;
    if (old === undefined) return now;
    const wanted = options.gracePeriodSeconds;
    if (wanted === undefined || wanted >= old) return pending;
    const due = Date.parse(meta.deletionTimestamp) - old * 1000 + wanted * 1000;
    return mark(draft, due, wanted);
  }
  const seconds = strategy.gracePeriodSeconds(asObject(draft), options.gracePeriodSeconds);
  if (seconds === undefined) return now;
  bumpGeneration(draft);
  return mark(draft, nowMs + seconds * 1000, seconds);
}

function mark(draft: WritableObject, dueMs: number, seconds: number): DeleteVerdict {
  draft.metadata['deletionTimestamp'] = formatTime(dueMs);
  draft.metadata['deletionGracePeriodSeconds'] = seconds;
  return { graceful: true, pending: false, graceSeconds: seconds };
}

function bumpGeneration(draft: WritableObject): void {
  const { generation } = asObject(draft).metadata;
  if (generation !== undefined && generation > 0) draft.metadata['generation'] = generation + 1;
}

/** Marks an object that only waits for its finalizers. Upstream: markAsDeleting (v1.36) */
export function markAsDeleting(draft: WritableObject, time: string): void {
  if (draft.metadata['deletionTimestamp'] === undefined) {
    bumpGeneration(draft);
    draft.metadata['deletionTimestamp'] = time;
  }
  draft.metadata['deletionGracePeriodSeconds'] = 0;
}

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';

function shouldOrphan(strategy: Strategy, finalizers: readonly string[], options: DeleteOptions): boolean {
  if (strategy.defaultGarbageCollection === 'Unsupported') return false;
  if (options.orphanDependents !== undefined) return options.orphanDependents;
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan';
  if (finalizers.includes(orphanFinalizer)) return true;
  return strategy.defaultGarbageCollection === 'Orphan';
}

function shouldDeleteInForeground(strategy: Strategy, finalizers: readonly string[], options: DeleteOptions): boolean {
  if (strategy.defaultGarbageCollection === 'Unsupported') return false;
  if (options.orphanDependents !== undefined) return false;
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground';
  return finalizers.includes(foregroundFinalizer);
}

/** Sets the finalizers of garbage collection as the options want them; gives whether they changed. */
export function deletionFinalizers(strategy: Strategy, draft: WritableObject, options: DeleteOptions): boolean {
  const before = asObject(draft).metadata.finalizers ?? [];
  const orphan = shouldOrphan(strategy, before, options);
  const foreground = shouldDeleteInForeground(strategy, before, options);
  const after = before.filter((name) => name !== orphanFinalizer && name !== foregroundFinalizer);
  if (orphan) after.push(orphanFinalizer);
  if (foreground) after.push(foregroundFinalizer);
  const changed = after.length !== before.length || [...after].sort().join() !== [...before].sort().join();
  if (!changed) return false;
  if (after.length === 0) delete draft.metadata['finalizers'];
  else draft.metadata['finalizers'] = after;
  return true;
}
