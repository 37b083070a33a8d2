/** Which requests rules of policies and webhooks are about. Upstream: apiserver/pkg/admission/plugin/webhook/predicates/rules (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type * as corev1 from '../../../../api/core/v1.ts';
import { labelSelectorAsSelector } from '../../../../apimachinery/labels.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes } from '../admission.ts';

export type Rule = Pick<
  admissionv1.NamedRuleWithOperations,
  'apiGroups' | 'apiVersions' | 'operations' | 'resources' | 'scope'
> & {
  readonly resourceNames?: readonly string[];
};
type Selector = admissionv1.MatchResources['namespaceSelector'];
type Labels = Readonly<Record<string, string>>;

const holds = (list: readonly string[] | undefined, value: string): boolean =>
  (list ?? []).some((one) => one === '*' || one === value);

function matchesResource(pattern: string, resource: string, subresource: string): boolean {
  const [wanted = '', wantedSub = ''] = pattern.split('/', 2);
  return (wanted === '*' || wanted === resource) && (wantedSub === '*' || wantedSub === subresource);
}

/** Whether a rule is about a request. */
export function matchesRule(rule: Rule, attributes: AdmissionAttributes): boolean {
  const { definition, verb, subresource, namespace, name, object } = attributes;
  if (!holds(rule.operations, verb)) return false;
  if (!holds(rule.apiGroups, definition.group) || !holds(rule.apiVersions, definition.version)) return false;
  if (!(rule.resources ?? []).some((pattern) => matchesResource(pattern, definition.resource, subresource)))
    return false;
  const isNamespaced = definition.namespaced && namespace !== '' && definition.resource !== 'namespaces';
  if (rule.scope === 'Namespaced' && !isNamespaced) return false;
  if (rule.scope === 'Cluster' && isNamespaced) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(name || String(object?.metadata['name'] ?? ''));
}

const isEmpty = (selector: Selector): boolean =>
  !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);

/** Whether the labels of the request's namespace are selected; what lies in no namespace always is. */
export function matchesNamespace(selector: Selector, attributes: AdmissionAttributes, objects: ObjectReader): boolean {
  if (isEmpty(selector)) return true;
  const labels = namespaceLabels(attributes, objects);
  return labels === undefined || labelSelectorAsSelector(selector).matches(labels);
}

function namespaceLabels(attributes: AdmissionAttributes, objects: ObjectReader): Labels | undefined {
  const { definition, object, old, namespace, subresource } = attributes;
  if (definition.group === '' && definition.resource === 'namespaces') {
    if (subresource === '' && object) return (object.metadata['labels'] as Labels | undefined) ?? {};
    return old?.metadata.labels ?? {};
  }
  if (namespace === '' || !definition.namespaced) return undefined;
  return objects.get<corev1.Namespace>('', 'namespaces', '', namespace)?.metadata.labels ?? {};
}

/** Whether the object, or the one before, is selected. */
export function matchesObject(selector: Selector, { object, old }: AdmissionAttributes): boolean {
  if (isEmpty(selector)) return true;
  const compiled = labelSelectorAsSelector(selector);
  if (object && compiled.matches((object.metadata['labels'] as Labels | undefined) ?? {})) return true;
  return old !== undefined && compiled.matches(old.metadata.labels ?? {});
}
