/** MutatingAdmissionPolicies. Upstream: admission/plugin/policy/mutating, policy/generic/policy_dispatcher.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import { schemaFor } from '../../../../api/schema.ts';
import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from '../../../../apimachinery/json-patch.ts';
import { isJsonObject, type JsonObject } from '../../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import type { SchemaNode } from '../../../../apimachinery/schema-node.ts';
import { newForbidden, newStatusError } from '../../../../apimachinery/status-error.ts';
import { mergeTyped } from '../../../../apimachinery/structured-merge/merge.ts';
import type { Authorizer } from '../../authorization/attributes.ts';
import { runtimeCostBudget } from '../../cel/cost/meter.ts';
import { celOfJson, jsonOfCel } from '../../cel/data.ts';
import { CelCompileError, CelError, CelInstantiationError } from '../../cel/issues.ts';
import { mutationStructType } from '../../cel/kubernetes-types.ts';
import type { Activation } from '../../cel/planner.ts';
import type { Program } from '../../cel/environment.ts';
import { listOf, type CelType } from '../../cel/cel-type.ts';
import { DecodeError } from '../../codec/decode-error.ts';
import type { ResourceDefinition } from '../../registry/resource-definition.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { ReinvokeContext } from '../reinvocation.ts';
import { replaceDraft } from '../replace-draft.ts';
import { requestActivation } from './activation.ts';
import { boundPolicies } from './bound-policies.ts';
import { Budget, BudgetExceededError } from './budget.ts';
import { compileVariables, type NamedProgram } from './compiled-policy.ts';
import { checkConditions, compileConditions, type Condition } from './conditions.ts';
import { inVersion, seenObject, type Invocation, type KindConverter } from './invocation.ts';
import { collectParams } from './params.ts';
import { compiledOnce, compileTyped, ExpressionError, policyEnvironment } from './programs.ts';
import { isJudged } from './validating.ts';
import { withVariables } from './variables.ts';

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
  const variables = policyEnvironment({ hasParams, variables: types });
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

const pluginName = 'MutatingAdmissionPolicy';

export function mutatingAdmissionPolicies(
  objects: KindConverter & ObjectReader,
  authorizer: Authorizer,
): AdmissionPlugin {
  const policies = () => objects.list<Policy>(group, 'mutatingadmissionpolicies');
  return {
    name: pluginName,
    handles: isJudged,
    concerns: ({ object }) => object !== undefined && policies().length > 0,
    admit(attributes) {
      const bindings = objects.list<Binding>(group, 'mutatingadmissionpolicybindings');
      const context = ReinvokeContext.of(attributes, pluginName);
      context.begin(attributes.object);
      const failures: Failure[] = [];
      for (const { policy, invocation, bindings: own } of boundPolicies(policies(), bindings, attributes, objects)) {
        for (const binding of own) {
          const found = mutate({ policy, binding, invocation, attributes, objects, authorizer, context });
          if (policy.spec?.failurePolicy !== 'Ignore') failures.push(...found);
        }
      }
      context.end(attributes.object);
      if (failures.length > 0) refuse(attributes, failures);
    },
  };
}

interface Failure {
  readonly message: string;
  /** The reason of the refusal; empty when it is the usual one. */
  readonly reason: string;
}

interface Mutated {
  readonly policy: Policy;
  readonly binding: Binding;
  readonly invocation: Invocation;
  readonly attributes: AdmissionAttributes;
  readonly objects: KindConverter & ObjectReader;
  readonly authorizer: Authorizer;
  readonly context: ReinvokeContext;
}

/** Applies a policy by one binding; gives what went wrong. */
function mutate(mutated: Mutated): readonly Failure[] {
  const { policy, binding, attributes, objects } = mutated;
  const who = `policy '${policy.metadata.name ?? ''}' with binding '${binding.metadata.name ?? ''}'`;
  const failure = (why: string, reason = 'Invalid'): Failure => ({ message: `${who} denied request: ${why}`, reason });
  const params = collectParams(policy.spec?.paramKind, binding.spec?.paramRef, attributes, objects);
  if (typeof params === 'string') return [failure(`failed to configure binding: ${params}`, '')];
  const compiled = compiledOnce(policy, () => tryCompile(policy));
  if (typeof compiled === 'string') return params.map(() => failure(compiled));
  return params.flatMap((param) => mutateWith(compiled, param, mutated).map((why) => failure(why)));
}

function tryCompile(policy: Policy): CompiledMutatingPolicy | string {
  try {
    return compileMutatingPolicy(policy);
  } catch (error) {
    if (error instanceof CelCompileError) return `compilation failed: ${error.message}`;
    if (error instanceof CelInstantiationError || error instanceof ExpressionError) return error.message;
    throw error;
  }
}

function mutateWith(
  { conditions, variables, mutations }: CompiledMutatingPolicy,
  param: KubernetesObject | undefined,
  mutated: Mutated,
): readonly string[] {
  const { policy, binding, invocation, attributes, objects, authorizer, context } = mutated;
  const activate = (): Activation => {
    const outer = requestActivation(attributes, objects, authorizer, invocation, objects);
    return { get: (name) => (name === 'params' ? celOfJson(param ?? null) : outer.get(name)) };
  };
  const verdict = checkConditions(conditions, activate());
  if (verdict.kind === 'error') return [verdict.message];
  if (verdict.kind === 'skip') return [];
  const key = [policy, binding, param].map((one) => one?.metadata.name ?? '').join('/');
  if (!context.shouldInvoke(key)) return [];
  const { object } = attributes;
  const before = object && { ...object, metadata: { ...object.metadata } };
  const failures = mutations.flatMap((mutation) => {
    const budget = new Budget(runtimeCostBudget);
    const why = applyMutation(mutation, mutated, withVariables(activate(), variables, budget), budget);
    return why === undefined ? [] : [why];
  });
  if (!deepEqual(before, object)) context.requireReinvocation();
  if (policy.spec?.reinvocationPolicy === 'IfNeeded') context.remember(key);
  return failures;
}

/** Applies one mutation; gives what went wrong. */
function applyMutation(
  { type, program }: CompiledMutation,
  { attributes, invocation, objects }: Mutated,
  activation: Activation,
  budget: Budget,
): string | undefined {
  const { object, definition } = attributes;
  if (!object) return undefined;
  try {
    const result = jsonOfCel(budget.evaluate(program, activation));
    const shown = seenObject(object, definition, invocation, objects) as JsonObject;
    const changed = type === 'JSONPatch' ? patched(shown, result) : merged(definition, shown, result);
    const stored = inVersion(changed, definition, objects);
    if (isJsonObject(stored)) replaceDraft(definition, object, stored);
    return undefined;
  } catch (error) {
    if (error instanceof CelError) return `expression '${program.source}' resulted in error: ${error.message}`;
    if (error instanceof BudgetExceededError || error instanceof DecodeError) return error.message;
    if (error instanceof JsonPatchError) return `JSON Patch: ${error.message}`;
    if (error instanceof ApplyError) return `error applying patch: ${error.message}`;
    throw error;
  }
}

/** An apply configuration that cannot be merged. */
class ApplyError extends Error {}

/** A patch whose test fails changes nothing. */
function patched(object: JsonObject, operations: unknown): unknown {
  try {
    return applyJsonPatch(object, operations as readonly JsonPatchOperation[]);
  } catch (error) {
    if (error instanceof JsonPatchError && error.message.endsWith('test failed')) return object;
    throw error;
  }
}

function merged(definition: ResourceDefinition, object: JsonObject, config: unknown): unknown {
  const schema = definition.schema ?? schemaFor(definition);
  const { kind, apiVersion } = object as unknown as KubernetesObject;
  const patch = { ...(config as JsonObject), kind, apiVersion };
  const atomics = schema ? findAtomics(schema, patch, '') : [];
  if (atomics.length > 0) {
    const why = `may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`;
    throw new ApplyError(`invalid ApplyConfiguration: ${why}`);
  }
  return mergeTyped(schema, object, patch);
}

/** Paths of what could only be replaced as a whole. Upstream: admission/plugin/policy/mutating/patch/smd.go findAtomics */
function findAtomics(node: SchemaNode, value: unknown, path: string): readonly string[] {
  if (isJsonObject(value) && (node.type === 'object' || node.type === 'map')) {
    const own = node.mapType === 'atomic' ? [path] : [];
    if (node.type === 'map') return own;
    const inner = Object.entries(value).flatMap(([name, member]) => {
      const known = node.fields.get(name);
      return known ? findAtomics(known.node, member, `${path}.${name}`) : [];
    });
    return [...own, ...inner];
  }
  if (!Array.isArray(value) || node.type !== 'array') return [];
  const own = node.listType === 'atomic' ? [path] : [];
  return [...own, ...value.flatMap((item: unknown, i) => findAtomics(node.items, item, `${path}[${i}]`))];
}

function refuse(attributes: AdmissionAttributes, failures: readonly Failure[]): never {
  const name = attributes.name || String(attributes.object?.metadata['name'] ?? '') || 'Unknown';
  const { status } = newForbidden(attributes.definition, name, 'admission request denied by policy');
  const [first] = failures;
  throw newStatusError({
    code: 403,
    reason: first?.reason || 'Forbidden',
    message: first?.message ?? '',
    details: { ...status.details, causes: failures.map(({ message }) => ({ message })) },
  });
}
