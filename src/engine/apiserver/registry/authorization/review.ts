/** Questions to the authorizer. Upstream: pkg/registry/authorization, pkg/apis/authorization/validation (v1.36) */
import type * as authorizationv1 from '../../../../api/authorization/v1.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import { newInvalid } from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import type { UserInfo } from '../../../../protocol/rest.ts';
import type { AuthorizationAttributes } from '../../authorization/attributes.ts';
import { validateDryRunOnly } from '../../handlers/write-options.ts';
import { validateLabelSelectorRequirement } from '../core/validation/labels.ts';
import type { SubresourceRequest } from '../subresource-request.ts';
import { parseErrors, readFields } from './review-selectors.ts';

type Spec = authorizationv1.SubjectAccessReviewSpec;
type ResourceAttributes = NonNullable<Spec['resourceAttributes']>;
type NonResourceAttributes = NonNullable<Spec['nonResourceAttributes']>;
type Selector = NonNullable<ResourceAttributes['fieldSelector'] | ResourceAttributes['labelSelector']>;

const spec = field.newPath('spec');

/** How Go prints the attributes: with the names of the struct. */
const goAttributes = ({ path = '', verb = '' }: NonResourceAttributes) => ({ Path: path, Verb: verb });

function selectorErrors(selector: Selector | undefined, path: field.Path): field.FieldError[] {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector;
  const errors: field.FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(
      field.invalid(path.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements'),
    );
  }
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${path.toString()} is specified, requirements or rawSelector is required`;
    errors.push(field.required(path.child('requirements'), why));
  }
  return errors;
}

function specErrors({ resourceAttributes, nonResourceAttributes }: Spec): field.FieldError[] {
  const errors: field.FieldError[] = [];
  if (resourceAttributes && nonResourceAttributes) {
    const why = 'cannot be specified in combination with resourceAttributes';
    errors.push(field.invalid(spec.child('nonResourceAttributes'), goAttributes(nonResourceAttributes), why));
  }
  if (!resourceAttributes && !nonResourceAttributes) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(field.invalid(spec.child('resourceAttributes'), null, why));
  }
  return errors;
}

/** Upstream: metav1validation.ValidateFieldSelectorRequirement (v1.36); an operator that is not known is let through. */
function requirementErrors(selector: ResourceAttributes['fieldSelector'], path: field.Path): field.FieldError[] {
  return (selector?.requirements ?? []).flatMap(({ key, operator, values }, i) => {
    const at = path.child('requirements').index(i);
    const count = values?.length ?? 0;
    const errors = key ? [] : [field.required(at.child('key'), 'must be specified')];
    if ((operator === 'In' || operator === 'NotIn') && count === 0) {
      errors.push(field.required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
    }
    if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(field.forbidden(at.child('values'), why));
    }
    return errors;
  });
}

function labelErrors(selector: ResourceAttributes['labelSelector'], path: field.Path): field.FieldError[] {
  const errors = selectorErrors(selector, path);
  for (const [i, { key = '', operator = '', values }] of (selector?.requirements ?? []).entries()) {
    const requirement = { key, operator, ...(values ? { values } : {}) };
    const at = path.child('requirements').index(i);
    validateLabelSelectorRequirement(errors, at, requirement, { allowUnknownOperator: true });
  }
  return errors;
}

const attributeErrors = (attributes: ResourceAttributes | undefined): field.FieldError[] => [
  ...selectorErrors(attributes?.fieldSelector, spec.child('resourceAttributes', 'fieldSelector')),
  ...requirementErrors(attributes?.fieldSelector, spec.child('resourceAttributes', 'fieldSelector')),
  ...labelErrors(attributes?.labelSelector, spec.child('resourceAttributes', 'labelSelector')),
];

function subjectErrors(asked: Spec): field.FieldError[] {
  const errors = specErrors(asked);
  if (!asked.user && (asked.groups ?? []).length === 0) {
    errors.push(field.invalid(spec.child('user'), asked.user ?? '', 'at least one of user or group must be specified'));
  }
  return errors;
}

function attributesOf(user: UserInfo, { resourceAttributes, nonResourceAttributes }: Spec): AuthorizationAttributes {
  const {
    verb = '',
    group = '',
    version = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
  } = resourceAttributes ?? {};
  const common = { user, group, version, resource, subresource, namespace, name };
  if (resourceAttributes) {
    const asked = { ...common, verb, isResourceRequest: true, path: '' };
    const { fieldSelector } = resourceAttributes;
    return fieldSelector ? { ...asked, fieldRequirements: readFields(fieldSelector).requirements } : asked;
  }
  return {
    ...common,
    verb: nonResourceAttributes?.verb ?? '',
    isResourceRequest: false,
    path: nonResourceAttributes?.path ?? '',
  };
}

const userOf = ({ user = '', uid, groups = [], extra }: Spec): UserInfo => ({
  username: user,
  groups,
  ...(uid ? { uid } : {}),
  ...(extra ? { extra } : {}),
});

interface Review extends KubernetesObject {
  readonly spec?: Spec;
}

function answer(request: SubresourceRequest, review: Review, user: UserInfo): void {
  const { allowed, reason } = request.services.authorizer.authorize(attributesOf(user, review.spec ?? {}));
  const evaluationError = parseErrors(review.spec?.resourceAttributes);
  const status = {
    allowed,
    ...(reason === '' ? {} : { reason }),
    ...(evaluationError === '' ? {} : { evaluationError }),
  };
  request.reply(201, { ...review, status });
}

/** What nobody stores has no name. */
function metadataErrors(request: SubresourceRequest, review: Review, why: string): field.FieldError[] {
  const { managedFields, ...given } = review.metadata;
  if (!Object.values(given).some(isSet)) return [];
  const { metadata } = request.withManagedFields(review);
  return [field.invalid(field.newPath('metadata'), inOrder(metadata), why)];
}

const isSet = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);

const metaOrder = [
  ...['name', 'generateName', 'namespace', 'resourceVersion', 'generation'],
  ...['labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields'],
];

const inOrder = (metadata: object): object => {
  const entries = new Map(Object.entries(metadata));
  return Object.fromEntries(metaOrder.filter((name) => entries.has(name)).map((name) => [name, entries.get(name)]));
};

function refuse(errors: readonly field.FieldError[]): void {
  if (errors.length > 0) throw newInvalid({ group: 'authorization.k8s.io', kind: '' }, '', errors);
}

/** POST subjectaccessreviews. */
export function* reviewSubjectAccess(request: SubresourceRequest): Process<void> {
  validateDryRunOnly(request.context);
  const review = request.body<Review>();
  const asked = review.spec ?? {};
  const errors = [...subjectErrors(asked), ...attributeErrors(asked.resourceAttributes)];
  refuse([...errors, ...metadataErrors(request, review, 'must be empty')]);
  answer(request, review, userOf(asked));
}

/** POST selfsubjectaccessreviews. */
export function* reviewSelfSubjectAccess(request: SubresourceRequest): Process<void> {
  const review = request.body<Review>();
  const asked = review.spec ?? {};
  const errors = [...specErrors(asked), ...attributeErrors(asked.resourceAttributes)];
  refuse([...errors, ...metadataErrors(request, review, 'must be empty')]);
  answer(request, review, request.context.user);
}

/** POST localsubjectaccessreviews. */
export function* reviewLocalSubjectAccess(request: SubresourceRequest): Process<void> {
  const review = request.body<Review>();
  const asked = review.spec ?? {};
  const { namespace } = request.context.info;
  const errors = [...subjectErrors(asked), ...attributeErrors(asked.resourceAttributes)];
  const { namespace: given, ...rest } = review.metadata;
  if (Object.values(rest).some(isSet)) {
    errors.push(...metadataErrors(request, review, 'must be empty except for namespace'));
  }
  if (asked.resourceAttributes && asked.resourceAttributes.namespace !== namespace) {
    const path = field.newPath('spec.resourceAttributes.namespace');
    errors.push(field.invalid(path, asked.resourceAttributes.namespace ?? '', 'must match metadata.namespace'));
  }
  if (asked.nonResourceAttributes) {
    const path = field.newPath('spec.nonResourceAttributes');
    errors.push(field.invalid(path, goAttributes(asked.nonResourceAttributes), 'disallowed on this kind of request'));
  }
  refuse(errors);
  answer(request, { ...review, metadata: { namespace, ...review.metadata } }, userOf(asked));
}
