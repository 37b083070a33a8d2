import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes } from '../admission.ts';
import type { Invocation, KindConverter } from './invocation.ts';
import { matchResources } from './match-resources.ts';

interface Policy extends KubernetesObject {
  readonly spec?: { readonly matchConstraints?: admissionv1.MatchResources };
}
interface Binding extends KubernetesObject {
  readonly spec?: { readonly policyName?: string; readonly matchResources?: admissionv1.MatchResources };
}

/** A policy that is about a request, with those of its bindings that are, too. */
export interface BoundPolicy<P, B> {
  readonly policy: P;
  readonly invocation: Invocation;
  /** Each is matched when it is reached: what an earlier one changed counts. */
  readonly bindings: Iterable<B>;
}

/** The policies that are about a request, in order. Upstream: admission/plugin/policy/generic/policy_dispatcher.go Dispatch (v1.36) */
export function* boundPolicies<P extends Policy, B extends Binding>(
  policies: readonly P[],
  bindings: readonly B[],
  attributes: AdmissionAttributes,
  objects: KindConverter & ObjectReader,
): Generator<BoundPolicy<P, B>> {
  for (const policy of policies) {
    const own = bindings.filter(({ spec }) => spec?.policyName === policy.metadata.name);
    if (own.length === 0) continue;
    const invocation = matchResources(policy.spec?.matchConstraints, attributes, objects);
    if (invocation) yield { policy, invocation, bindings: matching(own, attributes, objects) };
  }
}

function* matching<B extends Binding>(
  bindings: readonly B[],
  attributes: AdmissionAttributes,
  objects: KindConverter & ObjectReader,
): Generator<B> {
  for (const binding of bindings) if (matchResources(binding.spec?.matchResources, attributes, objects)) yield binding;
}
