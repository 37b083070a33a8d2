/** The parameter objects of a policy's binding. Upstream: admission/plugin/policy/generic/policy_dispatcher.go CollectParams (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { labelSelectorAsSelector } from '../../../../apimachinery/labels.ts';
import { parseGroupVersion } from '../../../../apimachinery/resource-ref.ts';
import type { KindFinder } from '../../generic/server-services.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes } from '../admission.ts';

/** The parameters; one undefined stands for none. A text tells why there are none. */
export function collectParams(
  paramKind: admissionv1.ParamKind | undefined,
  paramRef: admissionv1.ParamRef | undefined,
  attributes: AdmissionAttributes,
  objects: KindFinder & ObjectReader,
): readonly (KubernetesObject | undefined)[] | string {
  if (!paramKind || !paramRef) return [undefined];
  const gv = parseGroupVersion(paramKind.apiVersion ?? '');
  const definition = gv && objects.definitionOfKind(gv.group, gv.version, paramKind.kind ?? '');
  if (!definition)
    return `failed to find resource referenced by paramKind: '${paramKind.apiVersion ?? ''}, Kind=${paramKind.kind ?? ''}'`;
  const { group, resource, namespaced } = definition;
  if (!namespaced && paramRef.namespace)
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  const namespace = namespaced ? paramRef.namespace || attributes.namespace : '';
  if (namespaced && namespace === '')
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  const found = paramRef.selector
    ? objects
        .list(group, resource, namespace)
        .filter(({ metadata }) => labelSelectorAsSelector(paramRef.selector).matches(metadata.labels ?? {}))
    : [objects.get(group, resource, namespace, paramRef.name ?? '')].flatMap((one) => (one ? [one] : []));
  if (found.length > 0) return found;
  return paramRef.parameterNotFoundAction === 'Deny'
    ? 'no params found for policy binding with `Deny` parameterNotFoundAction'
    : [];
}
