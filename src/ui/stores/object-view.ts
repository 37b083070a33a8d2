import { getControllerOf, type KubernetesObject } from '../../apimachinery/object-meta.ts';
import { groupResource } from '../../apimachinery/resource-ref.ts';
import type { Facets, KindLook, StatusView } from '../kinds/kind-look.ts';

/** What the page keeps of one object: small, made once per change, shared by graph, list and inspector. */
export interface ObjectView {
  readonly uid: string;
  /** `deployments.apps`. */
  readonly resource: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The name with its numbers filled up: in the order of these app2 comes before app10. */
  readonly nameOrder: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Uid of the managing controller, or of the first owner. */
  readonly ownerUid: string | undefined;
  readonly createdMs: number;
  readonly deleting: boolean;
  readonly status: StatusView;
  readonly facets: Facets;
  readonly look: KindLook;
  /** As the API gave it; not to be changed. */
  readonly object: KubernetesObject;
}

const noLabels: Readonly<Record<string, string>> = Object.freeze({});
const noFacets: Facets = Object.freeze({});

/** Text whose numbers are filled up: its order is that of people, app2 before app10. */
export const inNumberOrder = (text: string): string => text.replace(/\d+/g, (digits) => digits.padStart(10, '0'));

/** Projects an object. What a look throws at (half-made custom objects) becomes a neutral status. */
export function viewOf(object: KubernetesObject, look: KindLook): ObjectView {
  const { metadata } = object;
  const owner = getControllerOf(object) ?? metadata.ownerReferences?.[0];
  return {
    uid: metadata.uid ?? '',
    resource: groupResource(look.ref),
    kind: look.ref.kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    nameOrder: inNumberOrder(metadata.name ?? ''),
    labels: metadata.labels ?? noLabels,
    ownerUid: owner?.uid,
    createdMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    deleting: metadata.deletionTimestamp !== undefined,
    status: statusOf(object, look),
    facets: look.facets?.(object) ?? noFacets,
    look,
    object,
  };
}

function statusOf(object: KubernetesObject, look: KindLook): StatusView {
  if (object.metadata.deletionTimestamp !== undefined && look.ref.kind !== 'Pod')
    return { level: 'progress', text: 'Terminating' };
  return look.status(object);
}
