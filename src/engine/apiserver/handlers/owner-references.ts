import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { OwnerReference } from '../../../apimachinery/object-meta.ts';
import { asObject, type WritableObject } from '../generic/operation.ts';
import type { RequestContext } from '../request-context.ts';

const advice =
  'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests';

/**
 * Owners that stand twice count once, with a warning.
 *
 * Upstream: apiserver/pkg/endpoints/handlers/rest.go dedupOwnerReferencesAndAddWarning (v1.36)
 */
export function dedupOwnerReferences({ warnings }: RequestContext, draft: WritableObject, isPatch = false): void {
  const refs = asObject(draft).metadata.ownerReferences ?? [];
  if (refs.length < 2) return;
  const kept: OwnerReference[] = [];
  const duplicates: string[] = [];
  for (const ref of refs) {
    if (kept.some((one) => one.uid === ref.uid && deepEqual(one, ref))) duplicates.push(ref.uid ?? '');
    else kept.push(ref);
  }
  if (duplicates.length === 0) return;
  draft.metadata['ownerReferences'] = kept;
  const when = isPatch ? ' after mutating admission happens' : '';
  const what = `.metadata.ownerReferences contains duplicate entries${when}`;
  warnings.add(`${what}; ${advice}; duplicate UID(s) observed: ${duplicates.join(', ')}`);
}
