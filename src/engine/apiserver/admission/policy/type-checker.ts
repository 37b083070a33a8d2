/** Checks the expressions of policies against the types of what they match. Upstream: admission/plugin/policy/validating/typechecking.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import { schemaFor } from '../../../../api/schema.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import { compareStrings } from '../../../../apimachinery/go-format.ts';
import { parseGroupVersion } from '../../../../apimachinery/resource-ref.ts';
import { boolType, dynType, objectType, type CelType } from '../../cel/cel-type.ts';
import { compile } from '../../cel/environment.ts';
import { CelCompileError } from '../../cel/issues.ts';
import { admissionVariables } from '../../cel/kubernetes-types.ts';
import { celTypeOfNode } from '../../cel/schema-types.ts';
import type { ResourceDefinition } from '../../registry/resource-definition.ts';

const maxTypesToCheck = 10;

/** What finds the definitions that policies name. */
export interface DefinitionFinder {
  find(group: string, version: string, resource: string): { readonly definition: ResourceDefinition } | undefined;
  definitionOfKind(group: string, version: string, kind: string): ResourceDefinition | undefined;
}

interface Checked {
  readonly definition: ResourceDefinition;
  readonly type: CelType;
}

/** Warnings about a policy's validations; empty when there are none. */
export function checkPolicyTypes(
  { spec }: admissionv1.ValidatingAdmissionPolicy,
  finder: DefinitionFinder,
): admissionv1.ExpressionWarning[] {
  const types = typesToCheck(spec?.matchConstraints?.resourceRules ?? [], finder);
  const params = paramsType(spec?.paramKind, finder);
  const warnings: admissionv1.ExpressionWarning[] = [];
  const check = (path: field.Path, expression: string | undefined): void => {
    if (!expression) return;
    const found = types.flatMap((one) => complaintsOf(expression, one, params, spec?.variables ?? []));
    if (found.length > 0) warnings.push({ fieldRef: path.toString(), warning: found.join('\n') });
  };
  for (const [i, { expression, messageExpression }] of (spec?.validations ?? []).entries()) {
    const path = field.newPath('spec', 'validations').index(i);
    check(path.child('expression'), expression);
    check(path.child('messageExpression'), messageExpression);
  }
  return warnings;
}

/** The types that rules without wildcards name, sorted by group, version and kind. */
function typesToCheck(rules: readonly admissionv1.NamedRuleWithOperations[], finder: DefinitionFinder): Checked[] {
  const found = new Map<string, ResourceDefinition>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of rules) {
    if ([...apiGroups, ...apiVersions].some((name) => name.includes('*'))) continue;
    const plain = resources.filter((name) => !/[*/]/.test(name));
    for (const group of [...apiGroups].sort()) {
      for (const version of [...apiVersions].sort()) {
        for (const resource of [...plain].sort()) {
          const definition = finder.find(group, version, resource)?.definition;
          if (definition && found.size < maxTypesToCheck) found.set(keyOf(definition), definition);
        }
      }
    }
  }
  return [...found.values()]
    .sort((a, b) => compareStrings(keyOf(a), keyOf(b)))
    .flatMap((definition) => {
      const type = typeOf(definition);
      return type ? [{ definition, type }] : [];
    });
}

const keyOf = ({ group, version, kind }: ResourceDefinition): string => [group, version, kind].join('\u0000');

function typeOf(definition: ResourceDefinition): CelType | undefined {
  const schema = definition.schema ?? schemaFor(definition);
  return schema && celTypeOfNode(schema, definition.kind);
}

/** The type of parameters; dyn when it is not known, undefined when there are none. */
function paramsType(paramKind: admissionv1.ParamKind | undefined, finder: DefinitionFinder): CelType | undefined {
  if (!paramKind) return undefined;
  const gv = parseGroupVersion(paramKind.apiVersion ?? '');
  const definition = gv && finder.definitionOfKind(gv.group, gv.version, paramKind.kind ?? '');
  return (definition && typeOf(definition)) ?? dynType;
}

function complaintsOf(
  expression: string,
  { definition, type }: Checked,
  params: CelType | undefined,
  variables: readonly admissionv1.Variable[],
): string[] {
  const { 'authorizer.requestResource': _, ...known } = admissionVariables;
  const own: Record<string, CelType> = {};
  const environment = () => ({
    variables: {
      ...known,
      object: type,
      oldObject: type,
      ...(params ? { params } : {}),
      variables: objectType('kubernetes.variables', own),
    },
  });
  for (const { name, expression: source } of variables) {
    const compiled = issuesOf(source, environment());
    own[name] = typeof compiled === 'string' ? dynType : compiled;
  }
  const result = issuesOf(expression, environment());
  if (typeof result !== 'string') return [];
  const { group, version, kind } = definition;
  return [`${group}/${version}, Kind=${kind}: ${result}\n`];
}

/** The type of an expression, or what is wrong with it. */
function issuesOf(source: string, options: Parameters<typeof compile>[1]): CelType | string {
  try {
    return compile(source, options).type;
  } catch (error) {
    if (error instanceof CelCompileError) return error.message;
    // Constants that cannot be worked out are no matter of types.
    return boolType;
  }
}
