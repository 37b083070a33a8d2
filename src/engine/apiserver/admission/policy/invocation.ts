/** In which version a policy or webhook wants to see a request. Upstream: admission/plugin/webhook/generic/webhook.go ShouldCallHook (v1.36) */
import { schemaFor } from '../../../../api/schema.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { groupVersion, parseGroupVersion } from '../../../../apimachinery/resource-ref.ts';
import { encodedEmpties } from '../../codec/empties.ts';
import type { KindFinder } from '../../generic/server-services.ts';
import type { ResourceDefinition } from '../../registry/resource-definition.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { matchesRule, type Rule } from './rules.ts';

/** The resource and version that an object is shown in. */
export interface Invocation {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
}

/** What knows the other versions of a resource. */
export interface KindConverter extends KindFinder {
  /** Definitions of the same objects in other versions and groups. */
  equivalents(definition: ResourceDefinition): readonly ResourceDefinition[];
  convert(object: KubernetesObject, apiVersion: string): { readonly value: KubernetesObject } | undefined;
}

const asInvocation = ({ group, version, resource, kind }: ResourceDefinition): Invocation => ({
  group,
  version,
  resource,
  kind,
});

/** How rules match a request; undefined when they do not. */
export function matchInvocation(
  rules: readonly Rule[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
  kinds: KindConverter,
): Invocation | undefined {
  const requested = requestedDefinition(attributes, kinds);
  const asked = requested === attributes.definition ? attributes : { ...attributes, definition: requested };
  if (rules.some((rule) => matchesRule(rule, asked))) return asInvocation(requested);
  if (matchPolicy === 'Exact') return undefined;
  const others = kinds.equivalents(requested);
  if (others.length === 0) return undefined;
  for (const rule of rules) {
    const found = others.find((other) => matchesRule(rule, { ...attributes, definition: other }));
    if (found) return asInvocation(found);
  }
  return undefined;
}

/** The definition of the version that the request speaks, which need not be the stored one. */
export function requestedDefinition(
  { definition, operation }: AdmissionAttributes,
  kinds: KindFinder,
): ResourceDefinition {
  const { apiVersion } = operation;
  if (apiVersion === '' || apiVersion === groupVersion(definition)) return definition;
  const gv = parseGroupVersion(apiVersion);
  const found = gv && kinds.definitionOfKind(gv.group, gv.version, definition.kind);
  return found?.resource === definition.resource ? found : definition;
}

/** The request in the version that it speaks. */
export const requestInvocation = (attributes: AdmissionAttributes, kinds: KindFinder): Invocation =>
  asInvocation(requestedDefinition(attributes, kinds));

/** What is given to webhooks and expressions: an object as it is encoded, in the version of an invocation. */
export function seenObject(
  object: object | undefined,
  definition: ResourceDefinition,
  invocation: Invocation,
  kinds: KindConverter,
): unknown {
  const schema = definition.schema ?? schemaFor(definition);
  return inVersion(object && schema ? encodedEmpties(schema, object) : object, invocation, kinds);
}

/** An object in the version of an invocation. */
export function inVersion(object: unknown, invocation: Invocation, kinds: KindConverter): unknown {
  const given = object as KubernetesObject | undefined;
  const apiVersion = groupVersion(invocation);
  if (!given?.apiVersion || given.apiVersion === apiVersion || given.kind !== invocation.kind) return object;
  return kinds.convert(given, apiVersion)?.value ?? object;
}
