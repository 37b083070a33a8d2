/** Which requests policies and their bindings are about. Upstream: admission/plugin/policy/matching/matching.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { matchInvocation, requestInvocation, type Invocation, type KindConverter } from './invocation.ts';
import { matchesNamespace, matchesObject } from './rules.ts';

/** How `matchConstraints` or `matchResources` are about a request; undefined when they are not. */
export function matchResources(
  match: admissionv1.MatchResources | undefined,
  attributes: AdmissionAttributes,
  objects: ObjectReader & KindConverter,
): Invocation | undefined {
  const requested = () => requestInvocation(attributes, objects);
  if (!match) return requested();
  if (!matchesNamespace(match.namespaceSelector, attributes, objects)) return undefined;
  if (!matchesObject(match.objectSelector, attributes)) return undefined;
  const { matchPolicy, resourceRules: rules = [], excludeResourceRules: excluded = [] } = match;
  if (matchInvocation(excluded, matchPolicy, attributes, objects)) return undefined;
  return rules.length === 0 ? requested() : matchInvocation(rules, matchPolicy, attributes, objects);
}
