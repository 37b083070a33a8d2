import type { FieldSelector } from '../../../apimachinery/fields.ts';
import type { Selector } from '../../../apimachinery/labels.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newBadRequest } from '../../../apimachinery/status-error.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';

const nodeNameOf = (object: KubernetesObject): string =>
  (object as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? '';

/** Which objects a request selects. */
export interface Selection {
  readonly empty: boolean;
  /** `metadata.name` that is asked for. */
  readonly name: string | undefined;
  /** `spec.nodeName` that is asked for. */
  readonly nodeName: string | undefined;
  matches(object: KubernetesObject): boolean;
}

/** The fields of an object that a selector may name. */
export function selectableFields(
  definition: ResourceDefinition,
  object: KubernetesObject,
): Readonly<Record<string, string>> {
  const { name = '', namespace = '' } = object.metadata;
  return {
    'metadata.name': name,
    ...(definition.namespaced ? { 'metadata.namespace': namespace } : {}),
    ...definition.strategy.selectableFields?.(object as never),
  };
}

const nameField = 'metadata.name';
const namespaceField = 'metadata.namespace';

/** Checks the fields that a selector names. @throws StatusError BadRequest */
function checkFields(definition: ResourceDefinition, fields: FieldSelector): void {
  const own = definition.strategy.selectableFieldNames ?? [];
  // Kinds outside namespaces that convert labels of their own know no namespace.
  const general =
    own.length > 0 && !definition.namespaced && !definition.custom ? [nameField] : [nameField, namespaceField];
  for (const { field } of fields.requirements) {
    if (general.includes(field) || own.includes(field)) continue;
    const refusal = definition.strategy.unknownField?.(field);
    throw newBadRequest(refusal ?? unknownField(field, own.length > 0 || definition.custom !== undefined));
  }
}

/** @throws StatusError BadRequest for fields that the resource does not know */
export function selection(definition: ResourceDefinition, labels: Selector, fields: FieldSelector): Selection {
  checkFields(definition, fields);
  const anyLabels = labels.requirements.length === 0 && labels.matches({});
  const anyFields = fields.requirements.length === 0;
  const equal = (name: string) =>
    fields.requirements.find(({ field, operator }) => field === name && operator === '=')?.value;
  const nodeName = definition.resource === 'pods' && definition.group === '' ? equal('spec.nodeName') : undefined;
  // What every kubelet asks, of every change of its pods.
  const onlyNode = nodeName !== undefined && fields.requirements.length === 1;
  return {
    empty: anyLabels && anyFields,
    name: equal('metadata.name'),
    nodeName,
    matches: (object) =>
      (anyLabels || labels.matches(object.metadata.labels ?? {})) &&
      (anyFields ||
        (onlyNode ? nodeNameOf(object) === nodeName : fields.matches(selectableFields(definition, object)))),
  };
}

function unknownField(field: string, hasOwn: boolean): string {
  if (hasOwn) return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
