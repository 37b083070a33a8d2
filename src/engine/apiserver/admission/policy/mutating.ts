/** MutatingAdmissionPolicies. Upstream: admission/plugin/policy/mutating (v1.36). Differs: policies run once; none is invoked again. */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import { schemaFor } from '../../../../api/schema.ts';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from '../../../../apimachinery/json-patch.ts';
import { isJsonObject, type JsonObject } from '../../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { newForbidden, newStatusError } from '../../../../apimachinery/status-error.ts';
import { mergeTyped } from '../../../../apimachinery/structured-merge/merge.ts';
import type { Authorizer } from '../../authorization/attributes.ts';
import { celOfJson, jsonOfCel } from '../../cel/data.ts';
import { CelCompileError, CelError, CelInstantiationError } from '../../cel/issues.ts';
import { mutationStructType } from '../../cel/kubernetes-types.ts';
import type { Activation } from '../../cel/planner.ts';
import type { Program } from '../../cel/environment.ts';
import { listOf, type CelType } from '../../cel/cel-type.ts';
import { DecodeError } from '../../codec/decode-error.ts';
import type { KindFinder } from '../../generic/server-services.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { replaceDraft } from '../replace-draft.ts';
import { requestActivation } from './activation.ts';
import { compileVariables, type NamedProgram } from './compiled-policy.ts';
import { checkConditions, compileConditions, type Condition } from './conditions.ts';
import { collectParams } from './params.ts';
import { compiledOnce, compileTyped, ExpressionError, policyEnvironment } from './programs.ts';
import { matchesResources } from './rules.ts';
import { isJudged, withVariables } from './validating.ts';

type Policy = admissionv1.MutatingAdmissionPolicy;
type Binding = admissionv1.MutatingAdmissionPolicyBinding;

const group = 'admissionregistration.k8s.io';

interface CompiledMutation {
  readonly type: string;
  readonly program: Program;
}

export interface CompiledMutatingPolicy {
  readonly conditions: readonly Condition[];
  readonly variables: readonly NamedProgram[];
  readonly mutations: readonly CompiledMutation[];
}

/** The type that a kind of mutation must give. */
export function mutationType(patchType: string): CelType {
  const name = patchType === 'JSONPatch' ? 'JSONPatch' : 'Object';
  const type = mutationStructType(name) ?? { kind: 'opaque', name };
  return patchType === 'JSONPatch' ? listOf(type) : type;
}

/** @throws CelCompileError, CelInstantiationError, ExpressionError */
export function compileMutatingPolicy({ spec }: Policy): CompiledMutatingPolicy {
  const hasParams = spec?.paramKind !== undefined;
  const { programs, types } = compileVariables(spec?.variables, hasParams);
  const own = (spec?.variables ?? []).length > 0 ? { variables: types } : {};
  const variables = policyEnvironment({ hasParams, ...own });
  return {
    conditions: compileConditions(spec?.matchConditions, policyEnvironment({ hasParams })),
    variables: programs,
    mutations: (spec?.mutations ?? []).map(({ patchType: type, applyConfiguration, jsonPatch }) => {
      const source = (type === 'JSONPatch' ? jsonPatch : applyConfiguration)?.expression ?? '';
      const options = { variables, structTypes: mutationStructType };
      return { type, program: compileTyped(source.trim(), options, [mutationType(type)]) };
    }),
  };
}

export function mutatingAdmissionPolicies(objects: KindFinder & ObjectReader, authorizer: Authorizer): AdmissionPlugin {
  const policies = () => objects.list<Policy>(group, 'mutatingadmissionpolicies');
  return {
    name: 'MutatingAdmissionPolicy',
    handles: (attributes) => attributes.object !== undefined && isJudged(attributes) && policies().length > 0,
    admit(attributes) {
      const bindings = objects.list<Binding>(group, 'mutatingadmissionpolicybindings');
      for (const policy of policies()) {
        const own = bindings.filter(({ spec }) => spec?.policyName === policy.metadata.name);
        if (own.length === 0 || !matchesResources(policy.spec?.matchConstraints, attributes, objects)) continue;
        for (const binding of own) {
          if (!matchesResources(binding.spec?.matchResources, attributes, objects)) continue;
          const failure = mutate(policy, binding, attributes, { objects, authorizer });
          if (failure !== undefined && policy.spec?.failurePolicy !== 'Ignore') {
            refuse(attributes, policy, binding, failure);
          }
        }
      }
    },
  };
}

interface Server {
  readonly objects: KindFinder & ObjectReader;
  readonly authorizer: Authorizer;
}

/** Applies a policy; gives what went wrong. */
function mutate(
  policy: Policy,
  binding: Binding,
  attributes: AdmissionAttributes,
  { objects, authorizer }: Server,
): string | undefined {
  try {
    const compiled = compiledOnce(policy, () => compileMutatingPolicy(policy));
    const params = collectParams(policy.spec?.paramKind, binding.spec?.paramRef, attributes, objects);
    if (typeof params === 'string') return `failed to configure binding: ${params}`;
    for (const param of params) {
      const failure = mutateWith(compiled, param, attributes, () => requestActivation(attributes, objects, authorizer));
      if (failure !== undefined) return failure;
    }
    return undefined;
  } catch (error) {
    if (error instanceof CelCompileError) return `compilation failed: ${error.message}`;
    const known = [CelInstantiationError, ExpressionError, JsonPatchError, DecodeError, CelError];
    if (known.some((kind) => error instanceof kind)) return (error as Error).message;
    throw error;
  }
}

function mutateWith(
  { conditions, variables, mutations }: CompiledMutatingPolicy,
  param: KubernetesObject | undefined,
  attributes: AdmissionAttributes,
  fresh: () => Activation,
): string | undefined {
  const activate = (): Activation => {
    const outer = fresh();
    return { get: (name) => (name === 'params' ? celOfJson(param ?? null) : outer.get(name)) };
  };
  const verdict = checkConditions(conditions, activate());
  if (verdict.kind === 'error') return verdict.message;
  if (verdict.kind === 'skip') return undefined;
  for (const { type, program } of mutations) {
    const { object, definition } = attributes;
    if (!object) return undefined;
    let result: unknown;
    try {
      result = jsonOfCel(program.evaluate(withVariables(activate(), variables)));
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      return `expression '${program.source}' resulted in error: ${error.message}`;
    }
    const changed = type === 'JSONPatch' ? patched(object, result) : merged(attributes, result);
    if (isJsonObject(changed)) replaceDraft(definition, object, changed);
  }
  return undefined;
}

function patched(object: JsonObject, operations: unknown): unknown {
  return applyJsonPatch(object, operations as readonly JsonPatchOperation[]);
}

function merged({ definition, object }: AdmissionAttributes, config: unknown): unknown {
  const schema = definition.schema ?? schemaFor(definition);
  const { kind, apiVersion } = object as unknown as KubernetesObject;
  return mergeTyped(schema, object, { ...(config as JsonObject), kind, apiVersion });
}

function refuse(attributes: AdmissionAttributes, policy: Policy, binding: Binding, why: string): never {
  const name = attributes.name || String(attributes.object?.metadata['name'] ?? '') || 'Unknown';
  const { status } = newForbidden(attributes.definition, name, 'admission request denied by policy');
  const message = `policy '${policy.metadata.name ?? ''}' with binding '${binding.metadata.name ?? ''}' denied request: ${why}`;
  throw newStatusError({
    code: 403,
    reason: 'Invalid',
    message,
    details: { ...status.details, causes: [{ message }] },
  });
}
