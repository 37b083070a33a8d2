import { encodeGoJson } from '../apimachinery/go-json.ts';
import { metaOf, type Unstructured, withMeta, withValueAt } from './object.ts';
import { toGoOrder } from './printers/go-order.ts';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** What an object would have as last-applied annotation. `typed`: made by kubectl itself, so in Go's order. */
export function lastAppliedText(object: Unstructured, typed = false): string {
  const annotations = { ...metaOf(object).annotations };
  delete annotations[lastAppliedAnnotation];
  const hadAnnotations = Object.keys(annotations).length > 0;
  // A typed object leaves empty annotations out; an unstructured one keeps the empty map.
  const bare = withMeta(object, typed && !hadAnnotations ? { annotations: undefined as never } : { annotations });
  return `${encodeGoJson(typed ? toGoOrder(bare) : bare, { sortKeys: !typed })}\n`;
}

/** A copy with the annotation. Upstream: kubectl/pkg/util/apply.go CreateApplyAnnotation (v1.36) */
export function withLastApplied(object: Unstructured, typed = false): Unstructured {
  const annotations = { ...metaOf(object).annotations, [lastAppliedAnnotation]: lastAppliedText(object, typed) };
  return withValueAt(object, ['metadata', 'annotations'], annotations);
}

/** The annotation's text; undefined when there is none. */
export const lastAppliedOf = (object: Unstructured): string | undefined =>
  metaOf(object).annotations?.[lastAppliedAnnotation];

/** Refreshes the annotation when asked to, or when there is one. Upstream: util.CreateOrUpdateAnnotation (v1.36) */
export function createOrUpdateAnnotation(create: boolean, object: Unstructured, typed = false): Unstructured {
  return create || lastAppliedOf(object) !== undefined ? withLastApplied(object, typed) : object;
}
