/** How policies and webhooks see the objects of a request. */
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { scaleOf } from '../../generic/scale.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { inVersion, seenObject, type Invocation, type KindConverter } from './invocation.ts';

export interface SeenObjects {
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly object: unknown;
  readonly old: unknown;
}

/** The objects with their types, in the version of the invocation; a scale is a Scale. */
export function seenBy(
  { definition, subresource, object, old }: AdmissionAttributes,
  invocation: Invocation,
  kinds: KindConverter,
): SeenObjects {
  const { scale } = definition;
  if (subresource === 'scale' && scale) {
    const shown = (one: unknown) => (one ? scaleOf(scale, one as KubernetesObject) : undefined);
    return { kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, object: shown(object), old: shown(old) };
  }
  const { group, version, kind } = invocation;
  const own = object as unknown as KubernetesObject | undefined;
  const named = own?.kind !== undefined && own.kind !== kind && subresource !== '';
  const [ownGroup = '', ownVersion = ''] = (own?.apiVersion ?? '').includes('/')
    ? (own?.apiVersion ?? '').split('/')
    : ['', own?.apiVersion ?? ''];
  return {
    kind: named ? { group: ownGroup, version: ownVersion, kind: own.kind ?? '' } : { group, version, kind },
    object: seenObject(object, definition, invocation, kinds),
    old: inVersion(old, invocation, kinds),
  };
}
