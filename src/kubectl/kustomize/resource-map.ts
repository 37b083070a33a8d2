import { compareStrings } from '../../apimachinery/go-format.ts';
import { parseSelector } from '../../apimachinery/labels.ts';
import { kindOf, metaOf, nameOf, namespaceOf, type Unstructured } from '../object.ts';
import type { Selector } from './kustomization.ts';

/** An object on its way through the layers. */
export interface Resource {
  object: Unstructured;
  /** Names and namespaces it had before. */
  readonly before: { readonly name: string; readonly namespace: string }[];
  /** Its name ends with a hash of its content. */
  readonly hashed: boolean;
}

const orderFirst =
  `Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole
  RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim
  Deployment StatefulSet CronJob PodDisruptionBudget`.split(/\s+/);
const orderLast = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

function rank(kind: string): number {
  const first = orderFirst.indexOf(kind);
  return first >= 0 ? first - orderFirst.length : orderLast.indexOf(kind) + 1;
}

/** `Deployment.v1.apps/web.[noNs]`. */
export function idText(object: Unstructured): string {
  const { group, version, kind } = kindOf(object);
  return `${kind}.${version}.${group || '[noGrp]'}/${nameOf(object) || '[noName]'}.${namespaceOf(object) || '[noNs]'}`;
}

/** Upstream: kustomize/api/internal/builtins/SortOrderTransformer.go, the legacy order */
export function inOrder(resources: readonly Resource[]): Resource[] {
  const key = ({ object }: Resource): string => {
    const { group, version, kind } = kindOf(object);
    return `${group || '~G'}_${version || '~V'}_${kind || '~K'}`;
  };
  return [...resources].sort(
    (a, b) =>
      rank(a.object.kind ?? '') - rank(b.object.kind ?? '') ||
      compareStrings(key(a), key(b)) ||
      compareStrings(namespaceOf(a.object) || '~X', namespaceOf(b.object) || '~X') ||
      compareStrings(nameOf(a.object), nameOf(b.object)),
  );
}

const anchored = (pattern: string | undefined, text: string): boolean =>
  pattern === undefined || pattern === '' || new RegExp(`^(?:${pattern})$`).test(text);

/** Whether a selector means a resource, by its present or a former name. */
export function selects(selector: Selector, resource: Resource): boolean {
  const { object, before } = resource;
  const { group, version, kind } = kindOf(object);
  if (!anchored(selector.group, group) || !anchored(selector.version, version) || !anchored(selector.kind, kind))
    return false;
  const names = [...before, { name: nameOf(object), namespace: namespaceOf(object) }];
  if (!names.some((one) => anchored(selector.name, one.name) && anchored(selector.namespace, one.namespace)))
    return false;
  const { labels = {}, annotations = {} } = metaOf(object);
  return (
    (!selector.labelSelector || parseSelector(selector.labelSelector).matches(labels)) &&
    (!selector.annotationSelector || parseSelector(selector.annotationSelector).matches(annotations))
  );
}
