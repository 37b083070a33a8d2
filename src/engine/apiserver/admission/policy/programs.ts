/** Compiled expressions of a policy or webhook; compiled once for each version of it. */
import { compile, type EnvironmentOptions, type Program } from '../../cel/environment.ts';
import { admissionVariables } from '../../cel/kubernetes-types.ts';
import { dynType, objectType, typeText, type CelType } from '../../cel/cel-type.ts';

/** An expression that cannot be used; its text is for the user. */
export class ExpressionError extends Error {}

/** Compiles an expression that must give one of some types. @throws CelCompileError, CelInstantiationError, ExpressionError */
export function compileTyped(source: string, options: EnvironmentOptions, wanted: readonly CelType[]): Program {
  const names = wanted.map(typeText);
  return compile(source, {
    ...options,
    accept(type) {
      const found = typeText(type);
      if (names.includes(found)) return;
      const [first = ''] = names;
      const expected = names.length === 1 ? first : `one of [${names.join(' ')}]`.replace(' null]', ' null_type]');
      throw new ExpressionError(`must evaluate to ${expected} but got ${found}`);
    },
  });
}

export interface PolicyVariables {
  readonly hasParams: boolean;
  /** Types of the policy's own variables. */
  readonly variables?: Readonly<Record<string, CelType>>;
}

/** What the expressions of a policy may name. */
export function policyEnvironment({ hasParams, variables }: PolicyVariables): Readonly<Record<string, CelType>> {
  return {
    ...admissionVariables,
    ...(hasParams ? { params: dynType } : {}),
    ...(variables ? { variables: objectType('kubernetes.variables', variables) } : {}),
  };
}

const compiled = new WeakMap<object, unknown>();

/** What is compiled from a stored object is kept as long as the object. */
export function compiledOnce<T>(from: object, make: () => T): T {
  const known = compiled.get(from) as T | undefined;
  if (known !== undefined) return known;
  const made = make();
  compiled.set(from, made);
  return made;
}
