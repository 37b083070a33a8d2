/**
 * Compiles expressions of the Common Expression Language, with the libraries that Kubernetes adds to it.
 * Upstream: github.com/google/cel-go/cel, apiserver/pkg/cel/environment/base.go (v1.36)
 */
import type { Call, Expr } from './ast.ts';
import { check, type Checked } from './checker.ts';
import type { Estimate } from './cost/estimate.ts';
import { Meter } from './cost/meter.ts';
import { estimateCost, type SizeEstimator } from './cost/static-cost.ts';
import { functionTable, overload, type FunctionTable, type Overload } from './functions.ts';
import { CelCompileError, CelError, CelInstantiationError, type CelIssue } from './issues.ts';
import { addresses } from './library/addresses.ts';
import { arithmetic } from './library/arithmetic.ts';
import { authorization } from './library/authorizer.ts';
import { conversions } from './library/conversions.ts';
import { formats } from './library/formats.ts';
import { lists } from './library/lists.ts';
import { quantities } from './library/quantities.ts';
import { compilePattern, regularExpressions } from './library/regular-expressions.ts';
import { strings } from './library/strings.ts';
import { time } from './library/time.ts';
import { urls } from './library/urls.ts';
import { versions } from './library/versions.ts';
import type { MacroOptions } from './macros.ts';
import { parse } from './parser.ts';
import { plan, type Activation, type Step } from './planner.ts';
import { validateLiterals } from './validators.ts';
import type { CelType, ObjectType } from './cel-type.ts';
import type { CelValue } from './values.ts';

/** The functions that every expression may use. */
const common: readonly Overload[] = [
  ...arithmetic,
  ...conversions,
  ...time,
  ...strings,
  ...regularExpressions,
  ...lists,
  ...addresses,
  ...urls,
  ...quantities,
  ...versions,
  ...formats,
  ...authorization,
];

const commonFunctions: FunctionTable = functionTable(common);

/** Where messages can be made, patches are. */
const functions: FunctionTable = functionTable([
  ...common,
  overload('jsonpatch.escapeKey', '(string) -> string', (text: string) =>
    text.replaceAll('~', '~0').replaceAll('/', '~1'),
  ),
]);

export interface EnvironmentOptions extends MacroOptions {
  /** Variables and their types; names may have dots. */
  readonly variables: Readonly<Record<string, CelType>>;
  /** Message types that expressions may make. */
  readonly structTypes?: (name: string) => ObjectType | undefined;
  /** Looks at the type of the result before constants are worked out; may throw. */
  readonly accept?: (type: CelType) => void;
}

/** A compiled expression. */
export interface Program {
  readonly source: string;
  /** The type of the result. */
  readonly type: CelType;
  /** Names of the variables that it uses. */
  readonly references: ReadonlySet<string>;
  /** Evaluates; what that costs is counted. @throws CelError */
  evaluate(activation: Activation, meter?: Meter): CelValue;
  /** What evaluating may cost, at the sizes that a schema allows. */
  estimateCost(sizeAt: SizeEstimator): Estimate;
}

/** Compiles an expression. @throws CelCompileError, CelInstantiationError */
export function compile(source: string, options: EnvironmentOptions): Program {
  const issues: CelIssue[] = [];
  const expr = parse(source, issues, options);
  if (!expr || issues.length > 0) throw new CelCompileError(source, issues);
  const scope = {
    functions: options.structTypes ? functions : commonFunctions,
    variables: new Map(Object.entries(options.variables)),
    structType: (name: string) => options.structTypes?.(name),
  };
  const checked = check(expr, scope, issues);
  if (issues.length === 0) validateLiterals(expr, checked, issues);
  if (issues.length > 0) throw new CelCompileError(source, issues);
  options.accept?.(checked.type);
  const step = instantiate(expr, checked);
  return {
    source,
    type: checked.type,
    references: checked.references,
    evaluate: (activation, meter = new Meter()) => step(activation, meter),
    estimateCost: (sizeAt) => estimateCost(expr, checked, sizeAt),
  };
}

function instantiate(expr: Expr, checked: Checked): Step {
  try {
    foldConversions(expr, checked);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new CelInstantiationError(`program instantiation failed: ${error.message}`);
  }
  return plan(expr, checked, functions);
}

const converting: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'int',
  'string',
  'timestamp',
  'uint',
]);

function isConstant(expr: Expr): boolean {
  if (expr.kind === 'literal') return true;
  if (expr.kind === 'list') return expr.elements.every(({ value, optional }) => !optional && isConstant(value));
  return expr.kind === 'call' && !expr.target && expr.name === 'dyn' && expr.args.every(isConstant);
}

const matching: ReadonlySet<string> = new Set(['matches', 'find', 'findAll']);

/** The pattern of a call, if it is a literal. */
function literalPattern({ name, target, args }: Call): string | undefined {
  if (!matching.has(name)) return undefined;
  const pattern = target ? args[0] : args[1];
  const bare = pattern?.kind === 'call' && pattern.name === 'dyn' ? pattern.args[0] : pattern;
  return bare?.kind === 'literal' && typeof bare.value === 'string' ? bare.value : undefined;
}

/** Conversions of literals, and patterns, are worked out at once, and may fail at once. */
function foldConversions(expr: Expr, checked: Checked): void {
  const isFolded = ({ name, target, args: [argument] }: Call) =>
    converting.has(name) && !target && argument !== undefined && isConstant(argument);
  if (expr.kind === 'call' && isFolded(expr)) plan(expr, checked, functions)({ get: () => undefined }, new Meter());
  const pattern = expr.kind === 'call' ? literalPattern(expr) : undefined;
  const compiled = pattern === undefined ? undefined : compilePattern(pattern);
  if (typeof compiled === 'string') throw new CelError(compiled);
  for (const part of partsOf(expr)) foldConversions(part, checked);
}

function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'select':
    case 'has':
      return [expr.operand];
    case 'call':
      return [...(expr.target ? [expr.target] : []), ...expr.args];
    case 'list':
      return expr.elements.map(({ value }) => value);
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expr.fields.map(({ value }) => value);
    case 'comprehension':
      return [expr.range, ...(expr.filter ? [expr.filter] : []), expr.body];
    case 'bind':
      return [expr.value, expr.body];
    case 'optionalMap':
      return [expr.target, expr.body];
    default:
      return [];
  }
}
